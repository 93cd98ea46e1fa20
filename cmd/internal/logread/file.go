package logread

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/logscan"
)

// readFile reads --file.
func (r *Reader) readFile(ctx context.Context) error {
	name := "stdin"
	in := io.Reader(newPipe(ctx, r.Stdin))
	if r.Query.file != "-" {
		f, err := open(r.Query.file)
		if err != nil {
			return err
		}
		defer f.Close()
		name = r.Query.file
		switch info, err := f.Stat(); {
		case err == nil && !info.Mode().IsRegular():
			in = newPipe(ctx, hostfs.NewPatient(f, lifecycle.SilentPipe))
		case r.Query.follow:
			in = followFile(ctx, f)
		default:
			whole := newPipe(ctx, f)
			whole.left = math.MaxInt64
			in = whole
		}
	}
	r.source.Name = name
	dropped, kept, keep := 0, 0, true
	stats, err := logscan.Read(in, r.Now(), func(e logscan.Entry) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !r.Query.wants(e, &keep) {
			dropped++
			return nil
		}
		kept++
		return r.give(e)
	})
	r.source.Read = stats
	switch {
	case dropped > 0 && kept == 0:
		r.source.Empty = "no entry of the log is in what was asked for (time, boot, run or unit)"
	case stats.Records == 0 && stats.Lines > 0:
		r.source.Empty = fmt.Sprintf("none of its lines (%d) is in a form that plegctl recognizes; give it as the kubelet wrote it, or journalctl -u kubelet -o export", stats.Lines)
	}
	if stats.Cut > 0 {
		r.notice(fmt.Sprintf("%d of %d recognized lines are cut off: a pager or a terminal did that. Write the log to a file instead.", stats.Cut, stats.Records))
	}
	if stats.Wrapped > 0 {
		r.notice(fmt.Sprintf("%d of %d lines were wrapped and are read together with the line before.", stats.Wrapped, stats.Lines))
	}
	if errors.Is(err, logscan.ErrTruncated) {
		r.notice("The log ends in the middle of an entry.")
		err = nil
	}
	if r.Query.follow && ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return nil // that is how following ends
	}
	return hintKind(err, name)
}

// open opens a file that is a log; opening a pipe does not wait for its writer.
func open(name string) (*os.File, error) {
	f, err := hostfs.OpenNamed(name)
	if errors.Is(err, hostfs.ErrNotRegular) {
		return nil, hint.With(fmt.Errorf("read the log: %w", err), "name a log file, - for stdin, or --directory for a directory of journal files")
	}
	if err != nil {
		return nil, hint.With(fmt.Errorf("read the log: %w", err), "name a file that you can read, or - for stdin")
	}
	return f, nil
}

// hintKind adds what to do with a file of another kind.
func hintKind(err error, name string) error {
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
		next = "journalctl --file FILE -o export | plegctl logs --file -, or --directory for its directory"
	}
	return hint.With(fmt.Errorf("%s: %w", name, other), next)
}

// wants reports whether an entry of a file is asked for. keep carries the answer over to
// entries that have no time, which are further lines of the one before.
func (q *Query) wants(e logscan.Entry, keep *bool) bool {
	switch {
	case q.boot != "" && e.Boot != q.boot:
		return false
	case isID(q.invocation) && e.Invocation != q.invocation:
		return false
	case e.Time.IsZero():
		return *keep
	}
	*keep = (q.since.IsZero() || !e.Time.Before(q.since)) && (q.until.IsZero() || !e.Time.After(q.until))
	return *keep
}
