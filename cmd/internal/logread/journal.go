package logread

import (
	"context"
	"errors"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/logscan"
)

// readJournal reads the journal of this host, of an image or of a directory.
func (r *Reader) readJournal(ctx context.Context) error {
	source, units, err := r.openJournal(ctx)
	if err != nil {
		return err
	}
	q := journal.Query{Unit: r.Query.unit, Boot: r.Query.boot, Since: r.Query.since, Until: r.Query.until, Notice: r.notice}
	r.source.Verified = r.Query.directory == "" && r.Root == ""
	r.source.Name = "journal of " + journal.FullUnit(r.Query.unit)
	newest, err := newestRun(ctx, source, q)
	if err != nil {
		return err
	}
	q.Notice = nil
	switch r.Query.invocation {
	case everyRun:
	case currentRun:
		q.Invocation = r.presentRun(ctx, units)
		if q.Invocation == "" {
			q.Invocation = newest.Invocation
		}
	default:
		q.Invocation = r.Query.invocation
	}
	if q.Invocation != "" {
		r.source.Name += ", run " + q.Invocation
	}
	last, given, err := r.pass(ctx, source, q)
	if err != nil {
		return err
	}
	if given == 0 {
		r.source.Empty = r.whyEmpty(newest, q)
	}
	if !r.Query.follow {
		return nil
	}
	return r.follow(ctx, source, q, last)
}

// pass reads what is there by now: its first entry and its last for the times, and in
// between those that show something.
func (r *Reader) pass(ctx context.Context, source node.Journal, q journal.Query) (last string, given int, err error) {
	enough := errors.New("one is enough")
	seen := ""
	feed := func(e logscan.Entry) error {
		if e.Cursor == seen && seen != "" {
			return nil
		}
		seen = e.Cursor
		given++
		return r.give(e)
	}
	err = source.Read(ctx, q, func(e logscan.Entry) error {
		seen = e.Cursor
		given++
		if err := r.give(e); err != nil {
			return err
		}
		return enough
	})
	if err != nil && !errors.Is(err, enough) || given == 0 {
		return "", given, err
	}
	first := seen
	between := q
	if broken, err := isBroken(ctx, source, q); err != nil {
		return "", given, err
	} else if !broken {
		between.Pattern = logscan.Pattern()
	}
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

// isBroken reports whether journald broke an entry. A pattern could leave out the first part
// of it, and the next one, which may be what a container wrote, would look like an entry.
func isBroken(ctx context.Context, source node.Journal, q journal.Query) (broken bool, err error) {
	q.Broken, q.Tail = true, 1
	err = source.Read(ctx, q, func(e logscan.Entry) error {
		broken = e.Split
		return nil
	})
	return broken, err
}

// openJournal finds the journal, and the units where there is a running system to ask.
func (r *Reader) openJournal(ctx context.Context) (node.Journal, node.Units, error) {
	if r.Query.directory != "" {
		return &journal.System{Directory: r.Query.directory}, nil, nil
	}
	host, err := r.Host(ctx)
	if err != nil {
		return nil, nil, err
	}
	if host.Journal == nil {
		return journal.NewSystem(r.Root), nil, nil
	}
	return host.Journal, host.ReadOnly().Units, nil
}

// presentRun is the unit's run by systemd; "" where it cannot be asked.
func (r *Reader) presentRun(ctx context.Context, units node.Units) string {
	if units == nil || r.Query.windowed() {
		return ""
	}
	unit, err := units.Unit(ctx, journal.FullUnit(r.Query.unit))
	if err != nil {
		return "" // the journal's newest run is taken instead
	}
	return unit.InvocationID
}

// newestRun is the last entry of the unit that names its run.
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

// whyEmpty is why the journal holds nothing of what was asked for.
func (r *Reader) whyEmpty(newest logscan.Entry, q journal.Query) string {
	unit := journal.FullUnit(r.Query.unit)
	switch {
	case newest.Cursor == "" && newest.Time.IsZero():
		return "the journal holds no entry of " + unit + " in what was asked for; is the kubelet part of another unit (--unit k3s, …)?"
	case q.Invocation != "":
		return "the journal holds no entry of run " + q.Invocation + " any more; its newest of " + unit + " is of " + newest.Time.Format("2006-01-02T15:04:05Z07:00")
	}
	return "the journal holds no such entry of " + unit
}

// follow goes on behind the last entry that was read, through restarts of the kubelet,
// unless one run was asked for by its ID.
func (r *Reader) follow(ctx context.Context, source node.Journal, q journal.Query, last string) error {
	if !isID(r.Query.invocation) {
		q.Invocation = ""
	}
	q.Follow, q.AfterCursor = true, last
	q.Boot = "" // a new boot is a new kubelet
	if last == "" && q.Since.IsZero() {
		q.Since = r.Now()
	}
	err := source.Read(ctx, q, r.give)
	if err != nil && errors.Is(err, ctx.Err()) {
		return nil // that is how following ends
	}
	return err
}
