package node

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type permanent struct{ error }

// Permanent marks an error that no waiting will mend; [Poll] returns it at once.
func Permanent(err error) error { return permanent{err} }

// Poll calls try until it returns nil, and gives up with its last error after
// limit. Tests wait with it for what they expect; none sleeps for a guess.
func Poll(ctx context.Context, limit time.Duration, try func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	pause := 50 * time.Millisecond
	for {
		err := try(ctx)
		var stop permanent
		if err == nil {
			return nil
		}
		if errors.As(err, &stop) {
			return stop.error
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not within %v: %w", limit, err)
		case <-time.After(pause):
		}
		pause = min(pause*2, 500*time.Millisecond)
	}
}
