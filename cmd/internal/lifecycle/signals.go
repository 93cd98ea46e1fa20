package lifecycle

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// SignalError is the cause of a context that a signal ended.
type SignalError struct{ Signal os.Signal }

func (e SignalError) Error() string { return "stopped by the signal " + e.Signal.String() }

// Is lets errors.Is(err, context.Canceled) hold.
func (SignalError) Is(target error) bool { return target == context.Canceled }

// WithSignals returns a context that SIGINT, SIGTERM and SIGHUP end. A closed pipe is an
// error of the write that met it, not a signal.
func WithSignals(parent context.Context) (context.Context, context.CancelFunc) {
	signal.Ignore(syscall.SIGPIPE)
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case s := <-signals:
			cancel(SignalError{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(context.Canceled)
	}
}

// IgnoreHangup returns ctx for the part of a change that must not be left half way: it goes
// on when the terminal is gone (SIGHUP), and ends with SIGINT, SIGTERM or a deadline, upon
// which the caller rolls back. A SIGHUP does not keep a later signal from ending it.
func IgnoreHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	steady, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		cause := context.Cause(ctx)
		if hungUp := (SignalError{}); !errors.As(cause, &hungUp) || hungUp.Signal != syscall.SIGHUP {
			cancel(cause)
			return
		}
		next := make(chan os.Signal, 1)
		signal.Notify(next, os.Interrupt, syscall.SIGTERM)
		defer signal.Stop(next)
		select {
		case s := <-next:
			cancel(SignalError{s})
		case <-steady.Done():
		}
	})
	return steady, func() {
		stop()
		cancel(context.Canceled)
	}
}
