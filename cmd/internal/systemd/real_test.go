package systemd

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The tests below need a systemd that may be played with: PLEGCTL_TEST_SYSTEMD=1, root, and
// a machine or container that nobody needs. They make units below /run and remove them.
func realSystemd(t *testing.T, o Options) *Conn {
	t.Helper()
	if os.Getenv("PLEGCTL_TEST_SYSTEMD") == "" {
		t.Skip("SKIPPED: PLEGCTL_TEST_SYSTEMD is not set, so no real systemd was asked")
	}
	c, err := Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

const unitDir = "/run/systemd/system/"

// realUnit makes a service and gives its name.
func realUnit(t *testing.T, c *Conn, lines ...string) string {
	t.Helper()
	name := "plegctl-test-" + strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name())) + ".service"
	write(t, unitDir+name, "[Service]\n"+strings.Join(lines, "\n")+"\n")
	if err := c.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command("systemctl", "kill", "--signal=KILL", name).Run()
		_ = exec.Command("systemctl", "stop", name).Run()
		_ = exec.Command("systemctl", "reset-failed", name).Run()
		_ = os.Remove(unitDir + name)
		_ = os.RemoveAll(unitDir + name + ".d")
		_ = exec.Command("systemctl", "daemon-reload").Run()
	})
	return name
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, c *Conn, verb Verb, name string) Unit {
	t.Helper()
	u, err := c.Do(t.Context(), verb, name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestRealUnit(t *testing.T) {
	for way, o := range map[string]Options{"bus": {}, "private": {Bus: "unix:path=/nonexistent"}} {
		t.Run(way, func(t *testing.T) {
			c := realSystemd(t, o)
			name := realUnit(t, c, "Type=exec", "ExecStart=@/bin/sleep kubelet 1000", "Environment=A=1 'B=two words'",
				"EnvironmentFile=-/run/none", "Restart=always", "RestartSec=7", "TimeoutStartSec=infinity", "TimeoutStopSec=11")
			u := must(t, c, Start, name)
			if u.Name != name || u.Load != "loaded" || !u.Running() || u.Type != "exec" || len(u.InvocationID) != 32 || u.MainPID == 0 ||
				u.StartTimeout != -1 || u.StopTimeout != 11*time.Second ||
				u.FragmentPath != unitDir+name || time.Since(u.ExecMainStart).Abs() > time.Minute ||
				!strings.HasSuffix(u.ControlGroup, name) || u.Job != 0 || u.NeedDaemonReload {
				t.Errorf("%+v", u)
			}
			next := must(t, c, Restart, name)
			if next.InvocationID == u.InvocationID || next.MainPID == u.MainPID {
				t.Errorf("restart: %+v", next)
			}
			if got := must(t, c, Stop, name); !got.Down() || got.MainPID != 0 {
				t.Errorf("stop: %+v", got)
			}
			if _, err := c.Unit(t.Context(), "plegctl-none"); !errors.Is(err, ErrNoSuchUnit) {
				t.Errorf("%v", err)
			}
			if _, err := c.Do(t.Context(), Start, "plegctl-none"); !errors.Is(err, ErrNoSuchUnit) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestRealFailedStart(t *testing.T) {
	c := realSystemd(t, Options{})
	name := realUnit(t, c, "Type=notify", "ExecStart=/bin/sh -c 'exit 4'", "Restart=on-failure", "RestartSec=10")
	began := time.Now()
	_, err := c.Do(t.Context(), Start, name)
	var failed *JobError
	if !errors.As(err, &failed) || failed.Result != "failed" || !strings.Contains(err.Error(), "exit status 4") || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

// CRI-O with events on may abort in its own shutdown; the new instance is what counts.
func TestRealDeathInTheOwnShutdown(t *testing.T) {
	c := realSystemd(t, Options{})
	ready := t.TempDir() + "/ready" // made when the trap is set
	name := realUnit(t, c, "Type=simple", `ExecStart=/bin/bash -c 'trap "kill -ABRT $$$$" TERM; : > `+ready+`; while :; do sleep 0.1; done'`, "Restart=on-failure", "RestartSec=10", "LimitCORE=0")
	for _, verb := range []Verb{Start, Restart} {
		must(t, c, verb, name)
		await(t, "the trap is set", func() bool { return os.Remove(ready) == nil })
	}
	if u := must(t, c, Stop, name); u.Active != "failed" || !u.Down() {
		t.Errorf("%+v", u)
	}
	must(t, c, Start, name)
}

func TestRealSlowJob(t *testing.T) {
	c := realSystemd(t, Options{JobTimeout: time.Second})
	name := realUnit(t, c, "Type=notify", "ExecStart=/bin/sleep 1000")
	_, err := c.Do(t.Context(), Start, name)
	var failed *JobError
	if !errors.As(err, &failed) || failed.Result != NoAnswer || failed.Now.Active != "activating" {
		t.Errorf("%v", err)
	}
}

func TestRealMaskedAndReload(t *testing.T) {
	c := realSystemd(t, Options{})
	name := realUnit(t, c, "ExecStart=/bin/sleep 1000")
	must(t, c, Start, name)
	if err := os.MkdirAll(unitDir+name+".d", 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, unitDir+name+".d/10-plegctl.conf", "[Unit]\nDescription=coupled\n")
	// systemd 252 does not notice the first drop-in of a unit; see Unit.NeedDaemonReload.
	if u, err := c.Unit(t.Context(), name); err != nil || len(u.DropInPaths) != 0 {
		t.Errorf("a new unit drop-in: %+v, %v", u, err)
	}
	if err := c.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u, err := c.Unit(t.Context(), name); err != nil || u.NeedDaemonReload || len(u.DropInPaths) != 1 || !u.Running() {
		t.Errorf("after the reload: %+v, %v", u, err)
	}
	file := unitDir + name + ".d/10-plegctl.conf"
	old := modTime(t, file)
	await(t, "another mtime", func() bool { write(t, file, "[Unit]\nDescription=changed\n"); return modTime(t, file).After(old) })
	if u, err := c.Unit(t.Context(), name); err != nil || !u.NeedDaemonReload {
		t.Errorf("a changed unit drop-in: %+v, %v", u, err)
	}
	if err := os.Remove(unitDir + name); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/null", unitDir+name); err != nil {
		t.Fatal(err)
	}
	if err := c.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(t.Context(), Restart, name); !errors.Is(err, ErrMasked) {
		t.Errorf("%v", err)
	}
}

// systemd executes itself anew while it works for us.
func TestRealReexecInTheMiddle(t *testing.T) {
	c := realSystemd(t, Options{})
	name := realUnit(t, c, "Type=oneshot", "RemainAfterExit=yes", "ExecStart=/bin/sleep 3")
	time.AfterFunc(500*time.Millisecond, func() {
		if out, err := exec.Command("systemctl", "daemon-reexec").CombinedOutput(); err != nil {
			t.Errorf("%v %s", err, out)
		}
	})
	if u := must(t, c, Start, name); !u.Running() {
		t.Errorf("%+v", u)
	}
	must(t, c, Restart, name)
}

func TestRealTimer(t *testing.T) {
	c := realSystemd(t, Options{})
	dir := t.TempDir()
	s := TimerSpec{
		Name: "plegctl-test-timer", After: time.Hour, Description: "test", Env: []string{"WHERE=" + dir + "/fired", "PAUSE=2"},
		Exec: []string{"/bin/sh", "-c", `echo "$0; $1; $2" > "$WHERE"; sleep "$PAUSE"`, "${HOME} %n", "two words", "$HOME"},
	}
	armed, err := c.ArmTimer(t.Context(), s)
	if left := time.Until(armed.Next); err != nil || !armed.Armed || armed.Firing || left < 59*time.Minute || left > 61*time.Minute {
		t.Fatalf("%+v, %v", armed, err)
	}
	if _, err := c.ArmTimer(t.Context(), s); err == nil {
		t.Error("it was armed twice")
	}
	if err := c.DisarmTimer(t.Context(), s.Name); err != nil {
		t.Errorf("disarm: %v", err)
	}
	if _, err := c.Timer(t.Context(), s.Name); !errors.Is(err, ErrNoSuchUnit) {
		t.Errorf("after disarming: %v", err)
	}
	s.After = time.Second
	if _, err := c.ArmTimer(t.Context(), s); err != nil {
		t.Fatalf("armed once more: %v", err)
	}
	await(t, "it fires", func() bool {
		got, err := c.Timer(t.Context(), s.Name)
		if err != nil {
			t.Fatalf("%+v, %v", got, err)
		}
		return got.Firing
	})
	if err := c.DisarmTimer(t.Context(), s.Name); !errors.Is(err, ErrFiring) {
		t.Errorf("too late: %v", err)
	}
	await(t, "all is done", func() bool { _, err := c.Timer(t.Context(), s.Name); return errors.Is(err, ErrNoSuchUnit) })
	if data, err := os.ReadFile(dir + "/fired"); err != nil || string(data) != "${HOME} %n; two words; $HOME\n" {
		t.Errorf("it ran with %q, %v", data, err)
	}
	// A command that fails stays visible.
	s.Exec, s.After = []string{"/bin/false"}, time.Second
	if _, err := c.ArmTimer(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	await(t, "it failed and stays visible", func() bool {
		got, err := c.Timer(t.Context(), s.Name)
		return err == nil && !got.Armed && !got.Firing && got.Service.Active == "failed"
	})
	// And it does not keep the name from being used again.
	s.After = time.Hour
	if _, err := c.ArmTimer(t.Context(), s); err != nil {
		t.Errorf("after a failure: %v", err)
	}
	if err := c.DisarmTimer(t.Context(), s.Name); err != nil {
		t.Error(err)
	}
}

func TestRealOrdinaryUser(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("SKIPPED: this one is for an ordinary user")
	}
	c := realSystemd(t, Options{})
	if u, err := c.Unit(t.Context(), "systemd-journald"); err != nil || !u.Running() {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := c.Do(t.Context(), Restart, "systemd-journald"); !errors.Is(err, ErrDenied) {
		t.Errorf("restart: %v", err)
	}
	if err := c.Reload(t.Context()); !errors.Is(err, ErrDenied) {
		t.Errorf("reload: %v", err)
	}
	if _, err := c.ArmTimer(t.Context(), TimerSpec{Name: "plegctl-test-timer", After: time.Hour, Exec: []string{"/bin/true"}}); !errors.Is(err, ErrDenied) {
		t.Errorf("timer: %v", err)
	}
}

// await waits until something holds; the bound only keeps a mistake from hanging.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for begin := time.Now(); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 2*time.Minute {
			t.Fatalf("never: %s", what)
		}
	}
}

func modTime(t *testing.T, file string) time.Time {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}
