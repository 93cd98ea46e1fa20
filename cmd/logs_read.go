package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/logscan"
)

// logsSource says where the log came from, and what limits it.
type logsSource struct {
	name   string
	format logscan.Format
	// lines and bytes were read of a file; a journal does not tell them.
	lines, bytes int64
	notices      []string
	// empty is why there is nothing, where that is known.
	empty string
}

func (l *logsRun) notice(text string) {
	l.source.notices = append(l.source.notices, text)
	l.d.say("%s", logscan.Escape(text))
}

// readFile reads --file.
func (l *logsRun) readFile(ctx context.Context) error {
	in, name := l.d.Streams.In, "stdin"
	if l.o.file == "-" {
		if l.d.Streams.InTTY {
			l.d.say("reading the log from the terminal; end it with Ctrl-D")
		}
	} else {
		f, err := openLog(l.o.file)
		if err != nil {
			return err
		}
		defer f.Close()
		in, name = hostfs.NewPatient(f, lifecycle.SilentPipe), l.o.file
		if l.o.follow {
			in = journal.FollowFile(ctx, f)
		}
	}
	l.source.name = name
	kept, dropped := 0, 0
	keep := true
	stats, err := logscan.Read(in, logscan.ReadOptions{Format: l.q.format, Now: l.d.Now()}, func(e logscan.Entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !l.q.wants(e, &keep) {
			dropped++
			return nil
		}
		kept++
		return l.take(e)
	})
	l.source.format, l.source.lines, l.source.bytes = stats.Format, stats.Lines, stats.Bytes
	if dropped > 0 && kept == 0 {
		l.source.empty = "no entry of the log is in what was asked for (time, boot, run or unit)"
	}
	if errors.Is(err, logscan.ErrTruncated) {
		l.notice("The log ends in the middle of an entry: it is not whole.")
		err = nil
	}
	if l.o.follow && errors.Is(err, ctx.Err()) {
		return nil // that is how following ends
	}
	return hintFormat(err, name)
}

// openLog opens a file that is a log; opening a pipe does not wait for its writer.
func openLog(name string) (*os.File, error) {
	f, err := hostfs.OpenNamed(name)
	if errors.Is(err, hostfs.ErrNotRegular) {
		return nil, usage(fmt.Errorf("read the log: %w", err), "name a log file, - for stdin, or --directory for a directory of journal files")
	}
	if err != nil {
		return nil, hint.With(fmt.Errorf("read the log: %w", err), "name a file that you can read, or - for stdin")
	}
	return f, nil
}

// hintFormat says what to do with a file of another kind.
func hintFormat(err error, name string) error {
	var other *logscan.NotTextError
	if !errors.As(err, &other) {
		if err != nil {
			err = fmt.Errorf("read the log %s: %w", name, err)
		}
		return err
	}
	next := map[string]string{
		"xz": "xz -dc FILE | plegctl logs --file -", "gzip": "gzip -dc FILE | plegctl logs --file -",
		"zstd": "zstd -dc FILE | plegctl logs --file -", "bzip2": "bzip2 -dc FILE | plegctl logs --file -",
	}[other.Kind]
	if next == "" {
		next = "journalctl --file FILE -o export | plegctl logs --file -, or --directory for its folder"
	}
	return usage(fmt.Errorf("%s: %w", name, other), next)
}

// wants tells whether an entry of a file is asked for. keep carries the answer over to
// entries that have no time, which are further lines of the one before.
func (q *logsQuery) wants(e logscan.Entry, keep *bool) bool {
	switch {
	case q.boot != "" && e.Boot != q.boot:
		return false
	case len(q.invocation) == 32 && e.Invocation != q.invocation:
		return false
	case e.Time.IsZero():
		return *keep
	}
	*keep = (q.since.IsZero() || !e.Time.Before(q.since)) && (q.until.IsZero() || !e.Time.After(q.until))
	return *keep
}

// readJournal reads the journal of this host, of an image or of a folder.
func (l *logsRun) readJournal(ctx context.Context) error {
	source, units, err := l.open(ctx)
	if err != nil {
		return err
	}
	q := journal.Query{Unit: l.q.unit, Boot: l.q.boot, Since: l.q.since, Until: l.q.until, Notice: l.notice}
	l.source.name = "journal of " + logscan.Escape(journal.FullUnit(l.q.unit))
	newest, err := newestRun(ctx, source, q)
	if err != nil {
		return err
	}
	q.Notice = nil
	switch l.q.invocation {
	case everyRun:
	case currentRun:
		q.Invocation = l.presentRun(ctx, units)
		if q.Invocation == "" {
			q.Invocation = newest.Invocation
		}
	default:
		q.Invocation = l.q.invocation
	}
	if q.Invocation != "" {
		l.source.name += ", run " + q.Invocation
	}
	last, given, err := l.pass(ctx, source, q)
	if err != nil {
		return err
	}
	if given == 0 {
		l.source.empty = l.whyEmpty(newest, q)
	}
	if !l.o.follow {
		return nil
	}
	return l.follow(ctx, source, q, last)
}

// pass reads what is there by now: its first entry and its last for the times, and in
// between those that say something.
func (l *logsRun) pass(ctx context.Context, source node.Journal, q journal.Query) (last string, given int, err error) {
	enough := errors.New("one is enough")
	seen := ""
	feed := func(e logscan.Entry) error {
		if e.Cursor == seen && seen != "" {
			return nil
		}
		seen = e.Cursor
		given++
		return l.take(e)
	}
	err = source.Read(ctx, q, func(e logscan.Entry) error {
		seen = e.Cursor
		given++
		if err := l.take(e); err != nil {
			return err
		}
		return enough
	})
	if err != nil && !errors.Is(err, enough) || given == 0 {
		return "", given, err
	}
	first := seen
	between := q
	between.Pattern = logscan.Pattern()
	err = source.Read(ctx, between, func(e logscan.Entry) error {
		if e.Cursor == first && first != "" {
			return nil
		}
		return feed(e)
	})
	if err != nil {
		return "", given, err
	}
	tail := q
	tail.Tail = 1
	err = source.Read(ctx, tail, feed)
	return seen, given, err
}

// open finds the journal, and the units where there is a running system to ask.
func (l *logsRun) open(ctx context.Context) (node.Journal, node.Units, error) {
	if l.o.directory != "" {
		return &journal.System{Directory: l.o.directory}, nil, nil
	}
	host, err := l.d.Host(ctx, l.d.Settings)
	if err != nil {
		return nil, nil, err
	}
	if host.Journal == nil {
		return journal.NewSystem(l.d.Settings.Root), nil, nil
	}
	return host.Journal, host.ReadOnly().Units, nil
}

// presentRun is what systemd says of the unit's run; "" where it cannot be asked.
func (l *logsRun) presentRun(ctx context.Context, units node.Units) string {
	if units == nil || l.q.boot != "" || !l.q.since.IsZero() || !l.q.until.IsZero() {
		return ""
	}
	unit, err := units.Unit(ctx, journal.FullUnit(l.q.unit))
	if err != nil {
		l.d.detail("the present run is taken from the journal: %v", err)
		return ""
	}
	return unit.InvocationID
}

// newestRun is the last entry of the unit that says which run it is of.
func newestRun(ctx context.Context, source node.Journal, q journal.Query) (logscan.Entry, error) {
	q.Tail = 50
	var newest logscan.Entry
	err := source.Read(ctx, q, func(e logscan.Entry) error {
		// journald's own entries about the unit are of journald's run.
		if e.Identifier != "systemd-journald" {
			e.Message = nil
			newest = e
		}
		return nil
	})
	return newest, err
}

// whyEmpty says why the journal holds nothing of what was asked for.
func (l *logsRun) whyEmpty(newest logscan.Entry, q journal.Query) string {
	unit := journal.FullUnit(l.q.unit)
	switch {
	case newest.Cursor == "" && newest.Time.IsZero():
		return "the journal holds no entry of " + unit + " in what was asked for; is the kubelet part of another unit (--unit k3s, …)?"
	case q.Invocation != "":
		return "the journal holds no entry of run " + q.Invocation + " any more; its newest of " + unit + " is of " + newest.Time.Format("2006-01-02T15:04:05Z07:00")
	}
	return "the journal holds no such entry of " + unit
}
