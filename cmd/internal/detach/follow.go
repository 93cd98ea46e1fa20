package detach

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
)

// ErrUnwatched reports that nobody watches the change any more, which goes on.
var ErrUnwatched = errors.New("the change goes on without being watched")

// signals are those that the foreground relays or ends with.
type signals struct{ c chan os.Signal }

func watchSignals() signals {
	s := signals{make(chan os.Signal, 4)}
	signal.Notify(s.c, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	return s
}

func (s signals) stop() { signal.Stop(s.c) }

// follower copies what the service writes until it has ended.
type follower struct {
	services  Services
	name, dir string
	out, err  io.Writer
}

type ended struct {
	code int
	err  error
}

func (f *follower) follow(ctx context.Context, s signals) (int, error) {
	done := make(chan ended, 1)
	// A stdout that nobody reads holds up this goroutine, and neither the service nor
	// the signals.
	go func() {
		code, err := f.copy(ctx)
		done <- ended{code, err}
	}()
	asked := false
	for {
		select {
		case end := <-done:
			return end.code, end.err
		case sig := <-s.c:
			if asked || sig == syscall.SIGHUP || sig == syscall.SIGQUIT {
				return 0, fmt.Errorf("%w: `journalctl -u %s.service` shows it", ErrUnwatched, f.name)
			}
			asked = true
			_, _ = lifecycle.NewNonBlocking(f.err).Write([]byte("plegctl: rolling back; press Ctrl-C again to stop watching\n"))
			if err := os.WriteFile(filepath.Join(f.dir, stopFile), nil, 0o600); err != nil {
				return 0, fmt.Errorf("%w: it cannot be asked to stop: %w", ErrUnwatched, err)
			}
		}
	}
}

// copy copies both streams until the exit code is there and all is copied.
func (f *follower) copy(ctx context.Context) (int, error) {
	out, err := tail(filepath.Join(f.dir, outFile), f.out), tail(filepath.Join(f.dir, errFile), f.err)
	for looks := 1; ; looks++ {
		text, missing := os.ReadFile(filepath.Join(f.dir, exitFile))
		err.copy()
		if out.grown() {
			f.flush()
			out.copy()
		}
		if missing == nil {
			code, err := strconv.Atoi(strings.TrimSpace(string(text)))
			f.awaitEnd(ctx)
			_ = os.RemoveAll(f.dir) // what is left, a later change sweeps
			return code, err
		}
		// Whether the service still runs is asked rarely: D-Bus may be away.
		if looks%20 == 0 && !f.runs(ctx) {
			switch {
			case f.has(exitFile):
			case f.has(callerFile) && !f.has(outFile):
				return 0, errors.Join(fmt.Errorf("%w: `journalctl -u %s.service` shows why", ErrNotStarted, f.name), os.RemoveAll(f.dir))
			default:
				return 0, fmt.Errorf("%s.service ended without an answer; `plegctl status` shows the state of the node", f.name)
			}
		}
		time.Sleep(lifecycle.Poll)
	}
}

// flush ends a line of progress that is open on the terminal, before the answer comes.
func (f *follower) flush() {
	if w, ok := f.err.(interface{ Flush() }); ok {
		w.Flush()
	}
}

func (f *follower) has(name string) bool {
	_, err := os.Lstat(filepath.Join(f.dir, name))
	return err == nil
}

// awaitEnd waits a moment until the service is gone, too: what systemd runs after it reads
// the shared directory, and the caller's next command is to find nothing of this one.
func (f *follower) awaitEnd(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Attempt)
	defer cancel()
	for ctx.Err() == nil && f.runs(ctx) {
		time.Sleep(lifecycle.Poll)
	}
}

// runs reports whether the service has not ended; if systemd cannot be asked, it may not
// have.
func (f *follower) runs(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Attempt)
	defer cancel()
	runs, err := f.services.ServiceRuns(ctx, f.name)
	return runs || err != nil
}
