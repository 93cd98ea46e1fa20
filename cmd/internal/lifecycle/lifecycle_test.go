package lifecycle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestNobodyWaitsForAReader: more than a pipe and a buffer hold is written at once, and the
// end does not wait forever either.
func TestNobodyWaitsForAReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		n := NewNonBlocking(w)
		p := NewProgress(n, false, false)
		for range 3 * heldWrites {
			p.Info("stop kubelet.service")
		}
		p.Flush()
		// A reader that comes late is told what it missed.
		go func() { p.Info("done") }()
		var got bytes.Buffer
		go func() { _, _ = io.Copy(&got, r) }()
		synctest.Wait()
		p.Info("done")
		p.Flush()
		synctest.Wait()
		if !strings.Contains(got.String(), "lines were not read in time") {
			t.Error("nothing is said of the lines that were dropped")
		}
		_ = w.Close()
		close(n.writes)
	})
}

func TestWhatTakesLongIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		stop := NewProgress(&out, false, false).Count("stop crio.service", func() string { return "; it is deactivating" })
		time.Sleep(2*CountEvery + time.Second)
		stop()
		time.Sleep(2 * CountEvery)
		synctest.Wait()
		const want = "plegctl: stop crio.service: 5s so far; it is deactivating\nplegctl: stop crio.service: 10s so far; it is deactivating\n"
		if out.String() != want {
			t.Errorf("%s", &out)
		}
	})
}

func TestInfoIsSafeForATerminal(t *testing.T) {
	var out bytes.Buffer
	NewProgress(&out, false, false).Info("edit %s", "/etc/\x1b]0;owned\x07")
	if strings.ContainsAny(out.String(), "\x1b\x07") {
		t.Errorf("%q", &out)
	}
	NewProgress(&out, true, true).Info("quiet")
	if strings.Contains(out.String(), "quiet") {
		t.Error("--quiet says something")
	}
}

func TestOnlyAHangupIsIgnored(t *testing.T) {
	for _, c := range []struct {
		cause error
		ends  bool
	}{{SignalError{syscall.SIGHUP}, false}, {SignalError{syscall.SIGTERM}, true}, {errors.New("timed out"), true}} {
		parent, cancel := context.WithCancelCause(t.Context())
		ctx, stop := IgnoreHangup(parent)
		cancel(c.cause)
		if c.ends {
			<-ctx.Done()
			if context.Cause(ctx) != c.cause {
				t.Errorf("%v became %v", c.cause, context.Cause(ctx))
			}
		} else if ctx.Err() != nil {
			t.Errorf("%v ended it", c.cause)
		}
		stop()
	}
}

func TestBoundsAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range Bounds() {
		if b.Limit <= 0 || b.What == "" || seen[b.Name] {
			t.Errorf("%+v", b)
		}
		seen[b.Name] = true
	}
}
