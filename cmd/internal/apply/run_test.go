package apply_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

func TestRunCommits(t *testing.T) {
	w := newWorld(t)
	id, err := w.run(t.Context(), begin(plan.GoalEnable), enable())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"stop kubelet.service", "restart crio.service", "start kubelet.service"}, w.units.log); diff != "" {
		t.Error(diff)
	}
	if data, _ := os.ReadFile(w.path(config)); string(data) != updated {
		t.Errorf("config: %s", data)
	}
	past, err := w.executor.Store.List()
	if err != nil || len(past) != 1 || past[0].Outcome() != record.Committed || past[0].ID != id || past[0].Ended.State != "works" {
		t.Errorf("%v %+v", err, past)
	}
}

// TestEveryFailureIsRolledBack breaks each step in turn.
func TestEveryFailureIsRolledBack(t *testing.T) {
	broken := errors.New("broken")
	for name, breakIt := range map[string]func(*world){
		"kubelet does not stop":    func(w *world) { w.units.fails["stop kubelet.service"] = broken },
		"runtime does not restart": func(w *world) { w.units.fails["restart crio.service"] = broken },
		"kubelet does not start":   func(w *world) { w.units.fails["start kubelet.service"] = broken },
		"verification fails":       func(w *world) { w.unproven = errors.New("fell-back") },
		"file in the way": func(w *world) {
			w.units.before = func(call string) {
				if call == "stop kubelet.service" {
					if err := os.MkdirAll(w.path("/etc/crio/crio.conf.d"), 0o755); err != nil {
						t.Error(err)
					}
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			breakIt(w)
			before := w.files()
			_, err := w.run(t.Context(), begin(plan.GoalEnable), enable())
			var failed *apply.FailedError
			if !errors.As(err, &failed) || failed.Undo != nil || failed.ExitCode() != 5 {
				t.Fatalf("got %v", err)
			}
			if name == "file in the way" {
				before = strings.Replace(before, "drwxr-xr-x /etc/crio \"\"\n", "drwxr-xr-x /etc/crio \"\"\ndrwxr-xr-x /etc/crio/crio.conf.d \"\"\n", 1)
			}
			if diff := cmp.Diff(before, w.files()); diff != "" {
				t.Error(diff)
			}
			if kubelet := w.units.units["kubelet.service"]; kubelet.Active != "active" {
				t.Errorf("the kubelet was left %s", kubelet.Active)
			}
			past, _ := w.executor.Store.List()
			if past[0].Outcome() != record.RolledBack {
				t.Errorf("record: %v", past[0].Outcome())
			}
		})
	}
}

func TestFailedRollbackIsNews(t *testing.T) {
	w := newWorld(t)
	broken := errors.New("broken")
	w.units.fails["start kubelet.service"] = broken
	w.units.before = func(call string) {
		if call == "start kubelet.service" {
			w.units.fails["restart crio.service"] = errors.New("broken too")
		}
	}
	_, err := w.run(t.Context(), begin(plan.GoalEnable), enable())
	var failed *apply.FailedError
	if !errors.As(err, &failed) || failed.Undo == nil || failed.ExitCode() != 6 || !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(strings.Join(failed.ManualSteps, "\n"), "systemctl restart crio.service") {
		t.Errorf("manual steps: %q", failed.ManualSteps)
	}
	// The files are back all the same, and the kubelet was started.
	if data, _ := os.ReadFile(w.path(config)); string(data) != old {
		t.Errorf("config: %s", data)
	}
	// A second try, when the cause is gone, ends it.
	w.units.before, w.units.fails = nil, map[string]error{}
	recovered, err := w.executor.Recover(t.Context())
	if err != nil || recovered.Outcome != record.RolledBack {
		t.Errorf("recover: %v %+v", err, recovered)
	}
	if recovered, err := w.executor.Recover(t.Context()); err != nil || recovered.ID != "" {
		t.Errorf("a second recover did something: %v %+v", err, recovered)
	}
}

func TestInterruptBeforeTheFirstWrite(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := w.files()
	_, err := w.run(ctx, begin(plan.GoalEnable), enable())
	if !errors.Is(err, context.Canceled) || w.files() != before || len(w.units.log) > 0 {
		t.Errorf("%v, units %v", err, w.units.log)
	}
}

func TestInterruptAfterAWriteRollsBack(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.units.before = func(call string) {
		if call == "restart crio.service" {
			cancel()
		}
	}
	before := w.files()
	_, err := w.run(ctx, begin(plan.GoalEnable), enable())
	var failed *apply.FailedError
	if !errors.As(err, &failed) || failed.ExitCode() != 130 {
		t.Fatalf("got %v", err)
	}
	if diff := cmp.Diff(before, w.files()); diff != "" {
		t.Error(diff)
	}
	if kubelet := w.units.units["kubelet.service"]; kubelet.Active != "active" {
		t.Errorf("the kubelet was left %s", kubelet.Active)
	}
}

// TestHangUpDoesNotStop: a lost terminal is not a wish of the operator's.
func TestHangUpDoesNotStop(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	w.units.before = func(call string) {
		if call == "stop kubelet.service" {
			cancel(lifecycle.SignalError{Signal: syscall.SIGHUP})
		}
	}
	if _, err := w.run(ctx, begin(plan.GoalEnable), enable()); err != nil {
		t.Errorf("SIGHUP stopped the change: %v", err)
	}
}

func TestDriftAtTheMomentOfWriting(t *testing.T) {
	w := newWorld(t)
	w.units.before = func(call string) {
		if call == "stop kubelet.service" && len(w.units.log) == 1 {
			w.write(config, old+"# edited meanwhile\n")
		}
	}
	_, err := w.run(t.Context(), begin(plan.GoalEnable), enable())
	var changed *apply.ChangedError
	if !errors.As(err, &changed) || changed.Path != config {
		t.Fatalf("got %v", err)
	}
	if data, _ := os.ReadFile(w.path(config)); string(data) != old+"# edited meanwhile\n" {
		t.Errorf("somebody else's edit was lost: %s", data)
	}
	if _, err := os.Stat(w.path(dropIn)); !os.IsNotExist(err) {
		t.Error("the CRI-O drop-in was left behind")
	}
}

// TestRecoverAfterACrash dies at each call of a unit, and leaves a torn line behind.
func TestRecoverAfterACrash(t *testing.T) {
	for _, at := range []string{"stop kubelet.service", "restart crio.service", "start kubelet.service"} {
		t.Run(at, func(t *testing.T) {
			w := newWorld(t)
			before := w.files()
			w.units.before = func(call string) {
				if call == at {
					panic("killed")
				}
			}
			w.killed(begin(plan.GoalEnable), enable())
			f, err := os.OpenFile(w.path("/state/000001-enable.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.WriteString(`{"v":1,"n":9,"at":"2026`)
			if err := errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
			recovered, err := w.executor.Recover(t.Context())
			if err != nil || recovered.Outcome != record.RolledBack {
				t.Fatalf("%v %+v", err, recovered)
			}
			if diff := cmp.Diff(before, w.files()); diff != "" {
				t.Error(diff)
			}
			if kubelet := w.units.units["kubelet.service"]; kubelet.Active != "active" {
				t.Errorf("the kubelet was left %s", kubelet.Active)
			}
		})
	}
}

// TestRecoverFinishesARollback: whoever ran it wants to be where it leads.
func TestRecoverFinishesARollback(t *testing.T) {
	w := newWorld(t)
	before := w.files()
	undo, back := w.enabled()
	w.units.before = func(call string) {
		if call == "restart crio.service" {
			panic("killed")
		}
	}
	w.killed(undo, back)
	recovered, err := w.executor.Recover(t.Context())
	if err != nil || recovered.Outcome != record.Committed {
		t.Fatalf("%v %+v", err, recovered)
	}
	if diff := cmp.Diff(before, w.files()); diff != "" {
		t.Error(diff)
	}
	past, _ := w.executor.Store.List()
	if left := record.Outstanding(past); len(left) != 0 {
		t.Errorf("still outstanding: %v", left)
	}
}

// TestRecoverAndSomebodyElse: a crash, then an edit by hand, then a recovery.
func TestRecoverAndSomebodyElse(t *testing.T) {
	const elsewhere, over = updated + "# by hand\n", old + "featureGates: {EventedPLEG: true, Other: true}\n"
	for name, c := range map[string]struct {
		theirs string
		how    func(*apply.Executor)
		want   string
		fail   bool
	}{
		"elsewhere":              {elsewhere, func(*apply.Executor) {}, old + "# by hand\n", false},
		"elsewhere, overwritten": {elsewhere, func(m *apply.Executor) { m.Force = true }, old, false},
		"our line":               {over, func(*apply.Executor) {}, over, true},
		"our line, overwritten":  {over, func(m *apply.Executor) { m.Force = true }, old, false},
		"our line, left":         {over, func(m *apply.Executor) { m.Leave = true }, over, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.units.before = func(call string) {
				if call == "restart crio.service" {
					panic("killed")
				}
			}
			w.killed(begin(plan.GoalEnable), enable())
			w.write(config, c.theirs)
			c.how(w.executor)
			_, err := w.executor.Recover(t.Context())
			var drift *plan.DriftError
			if errors.As(err, &drift) != c.fail || err != nil && !c.fail {
				t.Fatalf("got %v", err)
			}
			if data, _ := os.ReadFile(w.path(config)); string(data) != c.want {
				t.Errorf("config: %s", data)
			}
			if _, err := os.Stat(w.path(dropIn)); !os.IsNotExist(err) {
				t.Error("the rest was not rolled back")
			}
			if kubelet := w.units.units["kubelet.service"]; kubelet.Active != "active" {
				t.Errorf("the kubelet was left %s", kubelet.Active)
			}
		})
	}
}
