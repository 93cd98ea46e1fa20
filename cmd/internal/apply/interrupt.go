package apply

import (
	"context"
	"syscall"
)

// steadfast is ctx for the part of a change that must not be left half way: it goes on
// when the terminal is gone (SIGHUP), and ends on Ctrl-C, SIGTERM or a deadline, upon which
// the caller rolls back.
func steadfast(ctx context.Context) (context.Context, context.CancelFunc) {
	steady, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if cause := context.Cause(ctx); !hungUp(cause) {
			cancel(cause)
		}
	})
	return steady, func() {
		stop()
		cancel(context.Canceled)
	}
}

// hungUp tells that the cause of a signal context's end is SIGHUP. signal.NotifyContext
// gives the signal's name as cause, and no type to ask for it.
func hungUp(cause error) bool {
	return cause != nil && cause.Error() == syscall.SIGHUP.String()+" signal received"
}
