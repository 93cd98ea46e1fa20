package systemd

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"
)

func setUp(t *testing.T) (*bus, *fake, *Conn) {
	t.Helper()
	b := startBus(t)
	f := startFake(t, b)
	c := New(Options{Bus: b.address, Private: "unix:path=/nonexistent", JobTimeout: time.Minute, Poll: 5 * time.Millisecond, Grace: time.Minute})
	t.Cleanup(func() { c.Close() })
	return b, f, c
}

func TestUnit(t *testing.T) {
	_, f, c := setUp(t)
	u := f.add("kubelet.service")
	at := time.Date(2026, 11, 23, 12, 0, 0, 5000, time.UTC)
	f.set(u, "InvocationID", []byte("0123456789abcdef"), "MainPID", uint32(4711), "NRestarts", uint32(3), "NeedDaemonReload", true,
		"ActiveEnterTimestamp", uint64(at.UnixMicro()), "ExecMainStartTimestamp", uint64(at.UnixMicro()), "Job", idRow{9, "/j"})
	for _, name := range []string{"kubelet.service", "kubelet"} {
		got, err := c.Unit(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		want := Unit{
			Name: "kubelet.service", Load: "loaded", Active: "active", Sub: "running", Type: "simple",
			StartTimeout: -1, StopTimeout: 90 * time.Second,
			FragmentPath: "/lib/systemd/system/kubelet.service", DropInPaths: []string{"/etc/systemd/system/kubelet.service.d/10-x.conf"},
			NeedDaemonReload: true, InvocationID: "30313233343536373839616263646566", MainPID: 4711, NRestarts: 3, Result: "success",
			ExecMainStart: at,
			ControlGroup:  "/system.slice/kubelet.service", Job: 9,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := c.Unit(t.Context(), "none.service"); !errors.Is(err, ErrNoSuchUnit) {
		t.Errorf("no unit: %v", err)
	}
	// Its file is gone, its process is not.
	f.set(u, "LoadState", "not-found")
	if got, err := c.Unit(t.Context(), "kubelet"); err != nil || got.Load != "not-found" {
		t.Errorf("a running unit without a file: %v", err)
	}
}

func TestUnitOfAnotherSystemd(t *testing.T) {
	_, f, c := setUp(t)
	// Neither the properties of newer versions nor the types that this package expects.
	f.mu.Lock()
	f.units["odd.service"] = map[string]any{"Id": "odd.service", "LoadState": "loaded", "ActiveState": "active", "ExecStart": "x", "EnvironmentFiles": []string{"y"}, "MainPID": "1"}
	f.mu.Unlock()
	u, err := c.Unit(t.Context(), "odd")
	if err != nil || u.Name != "odd.service" || u.MainPID != 0 || u.InvocationID != "" {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestDo(t *testing.T) {
	_, f, c := setUp(t)
	f.add("kubelet.service")
	before, err := c.Unit(t.Context(), "kubelet")
	if err != nil {
		t.Fatal(err)
	}
	after, err := c.Do(t.Context(), Restart, "kubelet")
	if err != nil || after.InvocationID == before.InvocationID || !after.Running() || !after.ExecMainStart.After(before.ExecMainStart) {
		t.Errorf("restart: %+v, %v", after, err)
	}
	again, err := c.Do(t.Context(), Start, "kubelet")
	if err != nil || again.InvocationID != after.InvocationID {
		t.Errorf("start of a unit that is up: %+v, %v", again, err)
	}
	if u, err := c.Do(t.Context(), Stop, "kubelet"); err != nil || !u.Down() {
		t.Errorf("stop: %+v, %v", u, err)
	}
	if u, err := c.Do(t.Context(), Start, "kubelet"); err != nil || u.InvocationID == after.InvocationID {
		t.Errorf("start: %+v, %v", u, err)
	}
	if got, want := f.seen(), "RestartUnit kubelet.service replace, StartUnit kubelet.service replace, StopUnit kubelet.service replace, StartUnit kubelet.service replace"; got != want {
		t.Errorf("calls: %s", got)
	}
	if _, err := c.Do(t.Context(), Start, "none"); !errors.Is(err, ErrNoSuchUnit) {
		t.Errorf("no unit: %v", err)
	}
	if _, err := c.Do(t.Context(), "reload", "kubelet"); err == nil {
		t.Error("an unknown verb was done")
	}
}

// What systemd reports, and what the unit shows, against what Do must say.
func TestDoBelievesOnlyTheUnit(t *testing.T) {
	for _, c := range []struct {
		name string
		verb Verb
		on   func(f *fake, u map[string]any) string
		want string // a part of the error, "" for none
	}{
		{"the job hangs", Restart, func(*fake, map[string]any) string { return "" }, "no result after"},
		{"done, but the old process goes on", Restart, func(*fake, map[string]any) string { return "done" }, "does not show it; the unit is active (running)"},
		{"no signal, and a new run", Restart, func(f *fake, u map[string]any) string { f.run(u); return "lost" }, ""},
		{"no signal, and no new run", Restart, func(*fake, map[string]any) string { return "lost" }, "does not show it"},
		{"failed", Restart, func(_ *fake, u map[string]any) string {
			u["ActiveState"], u["SubState"], u["Result"], u["ExecMainCode"], u["ExecMainStatus"] = "failed", "failed", "exit-code", int32(1), int32(78)
			return "failed"
		}, `"failed"; the unit is failed (failed, result exit-code, exit status 78)`},
		{"done, and dead at once", Start, func(f *fake, u map[string]any) string {
			f.run(u)
			u["ActiveState"], u["SubState"], u["Result"], u["MainPID"] = "activating", "auto-restart", "exit-code", uint32(0)
			return "done"
		}, "activating (auto-restart, result exit-code"},
		{"the old process dumped core, the new one is there", Restart, func(f *fake, u map[string]any) string {
			f.run(u)
			u["Result"] = "core-dump"
			return "done"
		}, ""},
		{"failed, yet a new run is up", Restart, func(f *fake, u map[string]any) string { f.run(u); return "failed" }, ""},
		{"canceled by another restart that ends well", Restart, func(f *fake, u map[string]any) string {
			u["ActiveState"], u["SubState"] = "activating", "start"
			f.atLook(3, func() { f.run(u) })
			return "canceled"
		}, ""},
		{"canceled for good", Restart, func(*fake, map[string]any) string { return "canceled" }, `"canceled"`},
		{"died in its own shutdown", Stop, func(_ *fake, u map[string]any) string {
			u["ActiveState"], u["SubState"], u["Result"], u["MainPID"] = "failed", "failed", "core-dump", uint32(0)
			return "failed"
		}, ""},
		{"stopped, but a process is left", Stop, func(_ *fake, u map[string]any) string { u["ActiveState"] = "inactive"; return "done" }, "does not show it"},
		{"dependency", Start, func(_ *fake, u map[string]any) string { u["ActiveState"] = "inactive"; return "dependency" }, `"dependency"`},
		{"done a moment before the unit shows it", Restart, func(f *fake, u map[string]any) string {
			u["ActiveState"], u["SubState"] = "activating", "start"
			f.atLook(3, func() { f.run(u) })
			return "done"
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, f, conn := setUp(t)
			if c.want == "no result after" {
				conn.options.JobTimeout = 50 * time.Millisecond
			}
			u := f.add("crio.service")
			if c.verb == Start {
				f.set(u, "ActiveState", "inactive", "SubState", "dead")
			}
			f.behave(func() string { return c.on(f, u) })
			got, err := conn.Do(t.Context(), c.verb, "crio")
			if c.want == "" {
				if err != nil {
					t.Errorf("%v", err)
				}
				return
			}
			var failed *JobError
			if !errors.As(err, &failed) || !strings.Contains(err.Error(), c.want) || failed.Now.Name != got.Name {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestDoOnMaskedAndForbidden(t *testing.T) {
	_, f, c := setUp(t)
	u := f.add("kubelet.service")
	f.refuse("RestartUnit", &dbus.Error{Name: "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", Body: []any{"Interactive authentication required."}})
	if _, err := c.Do(t.Context(), Restart, "kubelet"); !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), "Interactive") {
		t.Errorf("forbidden: %v", err)
	}
	f.set(u, "LoadState", "masked")
	if _, err := c.Do(t.Context(), Start, "kubelet"); !errors.Is(err, ErrMasked) {
		t.Errorf("masked: %v", err)
	}
	if got := f.seen(); got != "RestartUnit kubelet.service replace" {
		t.Errorf("calls: %s", got)
	}
}

func TestDoEndsWithItsContext(t *testing.T) {
	_, f, c := setUp(t)
	f.add("kubelet.service")
	ctx, cancel := context.WithCancel(t.Context())
	f.behave(func() string { cancel(); return "" })
	if _, err := c.Do(ctx, Restart, "kubelet"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestJobLimit(t *testing.T) {
	c := New(Options{})
	for _, x := range []struct {
		verb        Verb
		start, stop time.Duration
		want        time.Duration
	}{
		{Start, 90 * time.Second, 90 * time.Second, 100 * time.Second},
		{Stop, -1, 90 * time.Second, 100 * time.Second},
		{Restart, 90 * time.Second, 90 * time.Second, 190 * time.Second},
		{Restart, -1, 90 * time.Second, lifecycle.MostJob},
		{Start, 0, 0, lifecycle.LeastJob},
		{Restart, time.Hour, 0, lifecycle.MostJob},
	} {
		if got := c.limit(x.verb, Unit{StartTimeout: x.start, StopTimeout: x.stop}); got != x.want {
			t.Errorf("%+v: %s", x, got)
		}
	}
}

func TestReloadUnits(t *testing.T) {
	_, f, c := setUp(t)
	f.set(f.add("kubelet.service"), "NeedDaemonReload", true)
	if err := c.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u, err := c.Unit(t.Context(), "kubelet"); err != nil || u.NeedDaemonReload {
		t.Errorf("%+v, %v", u, err)
	}
	f.refuse("Reload", &dbus.Error{Name: "org.freedesktop.DBus.Error.AccessDenied"})
	if err := c.Reload(t.Context()); !errors.Is(err, ErrDenied) {
		t.Error(err)
	}
}
