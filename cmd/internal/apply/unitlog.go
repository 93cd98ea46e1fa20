package apply

import (
	"context"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/logscan"
)

// lastError is why a unit's daemon ended, in its own words; else what systemd says of it.
// Without a journal it is empty: the error itself says what is wrong.
//
// systemd tells of a process that ended sooner than journald has read what that process
// wrote last, and that is the line that is wanted: so it looks again for a moment.
func (e *Executor) lastError(ctx context.Context, unit string) string {
	if e.Host.Journal == nil {
		return ""
	}
	for until := e.Host.Now().Add(lifecycle.UnitLog); ; {
		own, about, err := e.failedRun(ctx, unit)
		switch {
		case err != nil && len(own) == 0:
			return "(the journal could not be read: " + logscan.Escape(err.Error()) + ")"
		case len(own) > 0:
			return logscan.LastError(own)
		case !e.Host.Now().Before(until):
			return logscan.LastError(about)
		}
		select {
		case <-ctx.Done():
			return logscan.LastError(about)
		case <-time.After(2 * lifecycle.Poll):
		}
	}
}

// failedRun reads what the unit's newest run wrote, and what systemd wrote about it. A look at
// the unit's last lines would not do: systemd writes a line about each container that stays.
func (e *Executor) failedRun(ctx context.Context, unit string) (own, about []string, err error) {
	const most = 500
	q := journal.Query{Unit: unit, Since: e.Host.Now().Add(-lifecycle.LogAge)}
	if u, err := e.Host.Units.Unit(ctx, unit); err == nil {
		q.Invocation = u.InvocationID
	}
	err = e.Host.Journal.Read(ctx, q, func(entry logscan.Entry) error {
		lines := &own
		if entry.Identifier == "systemd" {
			lines = &about
		}
		if *lines = append(*lines, string(entry.Message)); len(*lines) > most {
			*lines = (*lines)[1:]
		}
		return nil
	})
	return own, about, err
}

// once is words, or nothing where the error before has the same ones.
func (e *Executor) once(unit, words string) string {
	if e.reported[unit] == words {
		return ""
	}
	if e.reported == nil {
		e.reported = map[string]string{}
	}
	e.reported[unit] = words
	return words
}
