package systemd

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestSettle(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(f *fake, u map[string]any)
		want   string
	}{
		{"quiet", nil, ""},
		{"reloading is up", func(_ *fake, u map[string]any) { u["ActiveState"] = "reloading" }, ""},
		{"crash loop", func(_ *fake, u map[string]any) {
			u["ActiveState"], u["SubState"], u["MainPID"], u["Result"] = "activating", "auto-restart", uint32(0), "exit-code"
		}, "crash-looping"},
		{"restarted between two looks", func(f *fake, u map[string]any) { f.run(u); u["NRestarts"] = uint32(1) }, "crash-looping"},
		{"restarted by hand", func(f *fake, u map[string]any) { f.run(u) }, "was started again by something else"},
		{"failed", func(_ *fake, u map[string]any) {
			u["ActiveState"], u["SubState"], u["MainPID"] = "failed", "failed", uint32(0)
		}, "did not stay up"},
		{"another process", func(_ *fake, u map[string]any) { u["MainPID"] = uint32(1) }, "did not stay up"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, f, conn := setUp(t)
			u := f.add("kubelet.service")
			before, err := conn.Unit(t.Context(), "kubelet")
			if err != nil {
				t.Fatal(err)
			}
			if c.change != nil {
				f.mu.Lock()
				f.atLook(3, func() { c.change(f, u) })
				f.mu.Unlock()
			}
			window := 100 * time.Millisecond
			if c.want != "" {
				window = time.Hour // a unit that goes is told at once
			}
			began := time.Now()
			got, err := conn.Settle(t.Context(), "kubelet", window, before.InvocationID)
			if c.want == "" {
				if took := time.Since(began); err != nil || got.InvocationID != before.InvocationID || took < window {
					t.Errorf("%+v, %v after %s", got, err, took)
				}
				return
			}
			var unsettled *UnsettledError
			if !errors.As(err, &unsettled) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestSettleWantsTheRunThatWasStarted(t *testing.T) {
	_, f, c := setUp(t)
	u := f.add("kubelet.service")
	var unsettled *UnsettledError
	if _, err := c.Settle(t.Context(), "kubelet", time.Millisecond, "another"); !errors.As(err, &unsettled) {
		t.Errorf("%v", err)
	}
	if _, err := c.Settle(t.Context(), "kubelet", 0, ""); err != nil {
		t.Errorf("%v", err)
	}
	f.set(u, "ActiveState", "inactive")
	if _, err := c.Settle(t.Context(), "kubelet", 0, ""); !errors.As(err, &unsettled) {
		t.Errorf("a unit that is down: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	f.set(u, "ActiveState", "active")
	if _, err := c.Settle(ctx, "kubelet", time.Minute, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
