package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/logscan"
)

// reading is one query on its way: a journalctl or, when one ends while it follows the
// journal, several one after the other.
type reading struct {
	program string
	place   []string
	q       Query
	fn      func(logscan.Entry) error
	options options
	// given counts entries, cursor is the last one's; stopped is the error of fn.
	given   int
	cursor  string
	stopped error
}

// once runs journalctl and hands over what it writes.
func (r *reading) once(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	program := r.program
	if program == "" {
		program = find()
	}
	cmd := exec.CommandContext(ctx, program, r.q.args(r.place, r.options)...)
	cmd.Env = environment()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = lifecycle.Attempt
	var said words
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			return hint.With(fmt.Errorf("read the journal: %w", errNoProgram), "give the kubelet's log with --file, or its container's log file")
		}
		return fmt.Errorf("read the journal: %w", err)
	}
	decoded := logscan.DecodeExport(out, r.take)
	if decoded != nil && !errors.Is(decoded, logscan.ErrTruncated) {
		stop() // nobody reads on; what is cut off has ended by itself
	}
	ended := cmd.Wait()
	switch {
	case r.stopped != nil || ctx.Err() != nil && decoded == nil:
		return nil
	case ended != nil && decoded != nil && !errors.Is(decoded, logscan.ErrTruncated):
		return fmt.Errorf("read the journal: %w", decoded)
	}
	if err := r.judge(ended, said.String()); err != nil {
		return err
	}
	if decoded != nil {
		return fmt.Errorf("read the journal: %w", decoded)
	}
	return nil
}

// take hands one entry on.
func (r *reading) take(e logscan.Entry) error {
	r.given++
	if r.q.Follow {
		r.cursor = e.Cursor
	}
	if r.q.AfterCursor != "" && e.Time.Before(r.q.Since) {
		return nil
	}
	if err := r.fn(e); err != nil {
		r.stopped = err
		return err
	}
	return nil
}

// judge turns how journalctl ended, and what it said, into an error or notices.
func (r *reading) judge(ended error, said string) error {
	var exit *exec.ExitError
	failed := errors.As(ended, &exit)
	switch {
	case ended != nil && !failed:
		return fmt.Errorf("read the journal: %w", ended)
	case failed && said == "" && exit.ExitCode() == 1 && r.options.grep && r.q.greps():
		return nil // as grep: there was no hit
	case failed:
		return explain(exit, said)
	}
	if r.q.Notice == nil || said == "" {
		return nil
	}
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		switch {
		case strings.Contains(line, "ignoring file"):
			r.q.Notice("journalctl: " + line)
		case strings.HasPrefix(line, "Hint: You are currently not seeing messages"):
			r.q.Notice("Only the journal of this user can be read; root and the groups adm and systemd-journal can read all of it.")
		}
	}
	return nil
}

// explain makes an error of journalctl's last words.
func explain(exit *exec.ExitError, said string) error {
	said = strings.TrimSpace(said)
	switch {
	case strings.Contains(said, "insufficient permissions"), strings.Contains(said, "Permission denied"):
		return noPermission(said)
	case strings.Contains(said, "No such boot ID"), strings.Contains(said, "specified boot"), strings.Contains(said, "journal boot entry"):
		return hint.With(fmt.Errorf("read the journal: %w", errNoBoot), "journalctl --list-boots shows which it holds")
	case said == "":
		return fmt.Errorf("read the journal: journalctl: %w", exit)
	}
	last := said[strings.LastIndexByte(said, '\n')+1:]
	return fmt.Errorf("read the journal: journalctl: %s (%w)", logscan.Escape(last), exit)
}

func noPermission(what string) error {
	return hint.With(fmt.Errorf("read the journal: %w (%s)", fs.ErrPermission, logscan.Escape(what)), "run it as root, or as a member of the group systemd-journal")
}

// simpler reports whether this journalctl does not know an option, and goes on without it. That
// is only possible while no entry was handed over.
func (r *reading) simpler(err error) bool {
	if err == nil || r.given > 0 {
		return false
	}
	said := err.Error()
	switch {
	case r.options.grep && r.q.greps() && (strings.Contains(said, "grep") || strings.Contains(said, "case-sensitive") || strings.Contains(said, "pattern matching")):
		r.options.grep = false
	case r.options.outputFields && strings.Contains(said, "output-fields"):
		r.options.outputFields = false
	default:
		return false
	}
	return true
}

// find is journalctl where only root can have put it. PATH is the caller's and may name
// directories of users.
func find() string {
	const usual = "/usr/bin/journalctl"
	for _, name := range []string{usual, "/bin/journalctl", "/run/current-system/sw/bin/journalctl"} {
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return usual
}

// environment makes the program speak one language. Nothing of ours is handed on.
func environment() []string {
	return []string{"LC_ALL=C", "SYSTEMD_COLORS=0", "SYSTEMD_LOG_LEVEL=notice", "SYSTEMD_LOG_TARGET=console"}
}

// words keeps the first words of a program.
type words struct{ bytes.Buffer }

var _ io.Writer = (*words)(nil)

// Write never fails: what is too much is dropped.
func (w *words) Write(p []byte) (int, error) {
	if room := 64<<10 - w.Len(); room > 0 {
		w.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
