package systemd

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

func spec() TimerSpec {
	return TimerSpec{
		Name: "plegctl-revert-7", After: 5 * time.Minute, Description: "undo an unconfirmed change",
		Exec: []string{"/var/lib/plegctl/plegctl", "rollback", "--reason", "not; $confirmed"}, Env: []string{"PLEGCTL_STATE_DIR=/var/lib/plegctl"},
	}
}

func TestArmTimer(t *testing.T) {
	for _, old := range []bool{false, true} {
		_, f, c := setUp(t)
		if old { // systemd before 242
			f.refuse("property TimersMonotonic", &dbus.Error{Name: "org.freedesktop.DBus.Error.PropertyReadOnly"})
		}
		armed, err := c.ArmTimer(t.Context(), spec())
		if err != nil || !armed.Armed || armed.Firing || armed.Service.Name != "plegctl-revert-7.service" {
			t.Fatalf("%+v, %v", armed, err)
		}
		timer, service := f.wanted("plegctl-revert-7.timer"), f.wanted("plegctl-revert-7.service")
		name, signature := "TimersMonotonic", "a(st)"
		if old {
			name, signature = "OnActiveSec", "t"
		}
		if v := timer[name]; v.Signature().String() != signature || !strings.Contains(v.String(), "300000000") {
			t.Errorf("%s is %s %s", name, v.Signature(), v)
		}
		exec := service["ExecStart"]
		if exec.Signature().String() != "a(sasb)" || !strings.Contains(exec.String(), "not; $$confirmed") {
			t.Errorf("ExecStart %s %s", exec.Signature(), exec)
		}
		if got := service["Environment"].Value().([]string); len(got) != 1 || got[0] != "PLEGCTL_STATE_DIR=/var/lib/plegctl" {
			t.Errorf("Environment %q", got)
		}
	}
}

func TestArmTimerRefuses(t *testing.T) {
	_, f, c := setUp(t)
	for _, s := range []TimerSpec{{Name: "x", After: time.Second}, {Name: "x", After: time.Second, Exec: []string{"plegctl"}}, {Name: "x", Exec: []string{"/bin/true"}}} {
		if _, err := c.ArmTimer(t.Context(), s); err == nil {
			t.Errorf("%+v was armed", s)
		}
	}
	f.refuse("StartTransientUnit", &dbus.Error{Name: "org.freedesktop.DBus.Error.AccessDenied"})
	if _, err := c.ArmTimer(t.Context(), spec()); !errors.Is(err, ErrDenied) {
		t.Errorf("%v", err)
	}
}

func TestArmTimerAgain(t *testing.T) {
	_, f, c := setUp(t)
	for range 2 {
		if _, err := c.ArmTimer(t.Context(), spec()); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ArmTimer(t.Context(), spec()); err == nil {
			t.Error("an armed timer was armed once more")
		}
		// It fired, and its command failed.
		f.mu.Lock()
		delete(f.units, "plegctl-revert-7.timer")
		f.units["plegctl-revert-7.service"]["ActiveState"] = "failed"
		f.mu.Unlock()
	}
}

func monotonic(t *testing.T, in time.Duration) uint64 {
	t.Helper()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		t.Fatal(err)
	}
	return uint64((time.Duration(now.Nano()) + in) / time.Microsecond)
}

func TestTimer(t *testing.T) {
	_, f, c := setUp(t)
	if _, err := c.Timer(t.Context(), "plegctl-revert-7"); !errors.Is(err, ErrNoSuchUnit) {
		t.Errorf("not armed: %v", err)
	}
	if _, err := c.ArmTimer(t.Context(), spec()); err != nil {
		t.Fatal(err)
	}
	f.set(f.unit("plegctl-revert-7.timer"), "NextElapseUSecMonotonic", monotonic(t, 5*time.Minute))
	got, err := c.Timer(t.Context(), "plegctl-revert-7")
	if left := time.Until(got.Next); err != nil || !got.Armed || left < 4*time.Minute || left > 301*time.Second {
		t.Errorf("%+v, %v", got, err)
	}
	// It fires: the timer is gone, its service works.
	f.mu.Lock()
	delete(f.units, "plegctl-revert-7.timer")
	f.units["plegctl-revert-7.service"]["ActiveState"] = "activating"
	f.mu.Unlock()
	got, err = c.Timer(t.Context(), "plegctl-revert-7")
	if err != nil || got.Armed || !got.Firing || !got.Next.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	if err := c.DisarmTimer(t.Context(), "plegctl-revert-7"); !errors.Is(err, ErrFiring) {
		t.Errorf("%v", err)
	}
}

func TestDisarmTimer(t *testing.T) {
	_, f, c := setUp(t)
	const timer, service = "plegctl-revert-7.timer", "plegctl-revert-7.service"
	arm := func(on func()) {
		t.Helper()
		if _, err := c.ArmTimer(t.Context(), spec()); err != nil {
			t.Fatal(err)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.on = func(verb, name string) string {
			if verb != "stop" || name != timer {
				t.Errorf("%s %s", verb, name)
			}
			delete(f.units, timer) // as transient units do
			on()
			return "done"
		}
	}
	arm(func() { delete(f.units, service) })
	if err := c.DisarmTimer(t.Context(), "plegctl-revert-7"); err != nil {
		t.Errorf("%v", err)
	}
	if err := c.DisarmTimer(t.Context(), "plegctl-revert-7"); !errors.Is(err, ErrNoSuchUnit) {
		t.Errorf("a second time: %v", err)
	}
	arm(func() {}) // systemd has not yet forgotten the service
	if err := c.DisarmTimer(t.Context(), "plegctl-revert-7"); err != nil {
		t.Errorf("%v", err)
	}
	f.mu.Lock()
	delete(f.units, service)
	f.mu.Unlock()
	arm(func() { f.run(f.units[service]) }) // it fired at that very moment
	if err := c.DisarmTimer(t.Context(), "plegctl-revert-7"); !errors.Is(err, ErrFiring) {
		t.Errorf("too late: %v", err)
	}
}
