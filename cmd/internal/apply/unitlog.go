package apply

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/logscan"
)

// lastLines are the last few lines of a unit's journal, for the error of a unit that does
// not come up. Without a journal there are none: the error itself says what is wrong.
//
// systemd tells of a process that ended sooner than journald has read what that process
// wrote last, and that is the line that is wanted: so it looks again for a moment while
// the newest start of the unit is followed by no word of its own.
func (e *Executor) lastLines(ctx context.Context, unit string) []string {
	if e.Host.Journal == nil {
		return nil
	}
	for until := e.Host.Now().Add(lifecycle.UnitLog); ; {
		lines, spoke, err := e.readLastLines(ctx, unit)
		if err != nil {
			return append(lines, "(the journal could not be read: "+err.Error()+")")
		}
		if spoke || len(lines) == 0 || !e.Host.Now().Before(until) {
			return lines
		}
		select {
		case <-ctx.Done():
			return lines
		case <-time.After(2 * lifecycle.Poll):
		}
	}
}

// readLastLines tells also whether the unit's own process has said something since its
// newest start.
func (e *Executor) readLastLines(ctx context.Context, unit string) (lines []string, spoke bool, err error) {
	const few = 5
	recent := e.Host.Now().Add(-lifecycle.LogAge)
	// No Since here: with it, journalctl counts the lines from the beginning.
	err = e.Host.Journal.Read(ctx, journal.Query{Unit: unit, Tail: few}, func(e logscan.Entry) error {
		if e.Time.Before(recent) {
			return nil
		}
		message := string(e.Message)
		switch {
		case e.Identifier != "systemd":
			spoke = true
		case strings.HasPrefix(message, "Started "), strings.HasPrefix(message, "Starting "):
			spoke = false
		}
		lines = append(lines, logscan.Escape(message))
		if len(lines) > few {
			lines = lines[1:]
		}
		return nil
	})
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return lines, spoke, err
}
