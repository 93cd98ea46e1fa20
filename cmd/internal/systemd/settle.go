package systemd

import (
	"context"
	"fmt"
	"time"
)

// Settle watches that a unit stays up with the same process and the same InvocationID for
// the whole window, and returns it as it is at the end. A unit that goes is an
// *[UnsettledError], at once. invocation is the run that is wanted, "" for the present one.
//
// It is there because "done" says little: the start of a unit of Type=simple, as a kubelet's
// usually is, has succeeded when its program was executed.
func (c *Conn) Settle(ctx context.Context, name string, window time.Duration, invocation string) (Unit, error) {
	began := time.Now()
	was, err := c.Unit(ctx, name)
	if err != nil {
		return Unit{}, fmt.Errorf("watch: %w", err)
	}
	if invocation == "" {
		invocation = was.InvocationID
	}
	look := time.NewTicker(c.options.Poll)
	defer look.Stop()
	for now := was; ; {
		if !now.Running() || now.InvocationID != invocation || now.MainPID != was.MainPID || now.NRestarts != was.NRestarts {
			was.InvocationID = invocation
			return now, &UnsettledError{Unit: was.Name, After: time.Since(began), Was: was, Now: now}
		}
		if time.Since(began) >= window {
			return now, nil
		}
		select {
		case <-ctx.Done():
			return now, fmt.Errorf("watch %s: %w", was.Name, context.Cause(ctx))
		case <-look.C:
		}
		if now, err = c.Unit(ctx, name); err != nil {
			return was, fmt.Errorf("watch: %w", err)
		}
	}
}
