// Package freeze makes a simulated daemon stand still, as SIGSTOP does: its sockets take
// connections, and nothing answers. Start with [Switch].
package freeze

import (
	"context"
	"sync/atomic"
)

// Switch is embedded by what can be frozen. The zero value is not.
type Switch struct{ frozen atomic.Pointer[chan struct{}] }

// Freeze makes everything wait from now on, or lets it go on.
func (s *Switch) Freeze(yes bool) {
	if yes {
		wait := make(chan struct{})
		s.frozen.CompareAndSwap(nil, &wait)
		return
	}
	if wait := s.frozen.Swap(nil); wait != nil {
		close(*wait)
	}
}

// Wait returns at once, or when the freeze or ctx ends; the error is that of ctx, for which
// nothing may be answered any more.
func (s *Switch) Wait(ctx context.Context) error {
	if wait := s.frozen.Load(); wait != nil {
		select {
		case <-*wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
