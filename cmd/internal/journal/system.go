package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/logscan"
)

// Errors of a journal that cannot be read at all. Permission is [io/fs.ErrPermission].
var (
	errNoProgram = errors.New("there is no journalctl")
	errNoJournal = errors.New("there are no journal files")
	errNoBoot    = errors.New("the journal does not hold that boot")
)

// NoJournal reports whether an error means: nothing to read here, rather than: reading failed.
func NoJournal(err error) bool {
	return errors.Is(err, errNoProgram) || errors.Is(err, errNoJournal)
}

// System reads the journal through journalctl.
type System struct {
	// Root is the directory of an image whose journal is read; "" or "/" is this host.
	Root string
	// Directory, where it is not "", holds the journal files themselves.
	Directory string
	// Program is journalctl, "" means the system's own.
	Program string
}

// NewSystem reads the journal of this host, or of the image below root.
func NewSystem(root string) *System { return &System{Root: root} }

const (
	// reopens bounds how often --follow begins anew after journalctl ended by itself.
	reopens = 5
	// reopenPause is how long it then waits.
	reopenPause = time.Second
)

// Read hands the entries that q chooses to fn, oldest first. The bytes of an entry are
// valid only during the call. An error of fn ends the reading and is returned as it is.
//
// An error says that the journal could not be read, or not to its end; no entries and no
// error means that the journal holds none.
func (s *System) Read(ctx context.Context, q Query, fn func(logscan.Entry) error) error {
	place, err := s.place(q.Notice)
	if err != nil {
		return err
	}
	r := reading{program: s.Program, place: place, q: q, fn: fn, options: options{outputFields: true, grep: true}}
	for tries := 0; ; tries++ {
		err := r.once(ctx)
		switch {
		case r.stopped != nil:
			return r.stopped
		case ctx.Err() != nil:
			return ctx.Err()
		case r.simpler(err):
			tries--
			continue
		case !q.Follow:
			return err
		case tries == reopens:
			return hint.With(fmt.Errorf("journalctl ended %d times while it followed the journal: %w", tries+1, orEnded(err)), "is the disk full, or journald not running?")
		}
		// journalctl follows rotation by itself; but it may be killed, or updated.
		if r.cursor != "" {
			r.q.AfterCursor, r.q.Boot, r.q.Tail = r.cursor, "", 0
		}
		select {
		case <-time.After(reopenPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func orEnded(err error) error {
	if err == nil {
		return errors.New("without an error")
	}
	return err
}
