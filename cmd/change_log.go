package cmd

import (
	"context"
	"errors"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/logscan"
)

// lastLines are the last few lines of a unit's journal, for the error of a unit that does
// not come up. Without a journal there are none: the error itself says what is wrong.
func (c *change) lastLines(ctx context.Context, unit string) []string {
	if c.host.Journal == nil {
		return nil
	}
	const few = 5
	recent := c.d.Now().Add(-5 * time.Minute)
	var lines []string
	// No Since here: with it, journalctl counts the lines from the beginning.
	err := c.host.Journal.Read(ctx, journal.Query{Unit: unit, Tail: few}, func(e logscan.Entry) error {
		if e.Time.Before(recent) {
			return nil
		}
		lines = append(lines, logscan.Escape(string(e.Message)))
		if len(lines) > few {
			lines = lines[1:]
		}
		return nil
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		lines = append(lines, "(the journal could not be read: "+err.Error()+")")
	}
	return lines
}
