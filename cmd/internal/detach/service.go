package detach

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// Service is the side of the service: where its output goes, and who asked for it.
type Service struct {
	Out, Err *os.File
	Caller   record.Who
	// Began reports whether the command had opened this before; Ended whether it has written
	// its exit code.
	Began, Ended bool
	dir          string
}

// Open returns the service's side of a shared directory. The caller is read last: a
// foreground that takes it away knows by the other files whether the command may have begun.
func Open(dir string) (*Service, error) {
	s := &Service{dir: dir}
	_, began := os.Stat(filepath.Join(dir, outFile))
	_, ended := os.Stat(filepath.Join(dir, exitFile))
	s.Began, s.Ended = began == nil, ended == nil
	var err error
	for name, file := range map[string]**os.File{outFile: &s.Out, errFile: &s.Err} {
		if *file, err = os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
			return nil, err
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, callerFile))
	if err == nil {
		err = json.Unmarshal(data, &s.Caller)
	}
	if err != nil {
		return nil, fmt.Errorf("open the shared directory: %w", err)
	}
	return s, nil
}

// Stderr writes to the foreground and to the journal, and waits for neither.
func (s *Service) Stderr(journal io.Writer) io.Writer {
	return tee{s.Err, lifecycle.NewNonBlocking(journal)}
}

type tee struct {
	file    io.Writer
	journal *lifecycle.NonBlocking
}

func (t tee) Write(data []byte) (int, error) {
	_, _ = t.journal.Write(data)
	return t.file.Write(data)
}

// Flush waits a moment for the journal.
func (t tee) Flush() { t.journal.Flush() }

// Context ends when the foreground asks for it.
func (s *Service) Context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		tick := time.NewTicker(lifecycle.Poll)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if _, err := os.Stat(filepath.Join(s.dir, stopFile)); err == nil {
				cancel(lifecycle.SignalError{Signal: syscall.SIGINT})
				return
			}
		}
	}()
	return ctx, func() { cancel(context.Canceled) }
}

// End writes the exit code, which ends the foreground.
func (s *Service) End(code int) error {
	fresh := filepath.Join(s.dir, exitFile+".new")
	err := os.WriteFile(fresh, []byte(strconv.Itoa(code)), 0o600)
	if err == nil {
		err = os.Rename(fresh, filepath.Join(s.dir, exitFile))
	}
	return errors.Join(err, s.Out.Close(), s.Err.Close())
}
