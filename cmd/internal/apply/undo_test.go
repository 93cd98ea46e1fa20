package apply_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// TestTheKubeletComesBack: whatever goes wrong on the way back, the kubelet is not left down,
// and all files that can be brought back are.
func TestTheKubeletComesBack(t *testing.T) {
	for name, c := range map[string]struct {
		// meanwhile happens while the kubelet is down.
		meanwhile func(*world) error
		config    string
		undone    bool
	}{
		"the runtime hangs": {
			meanwhile: func(w *world) error {
				w.executor.UndoTimeout = 20 * time.Millisecond
				w.units.hangs = "restart crio.service"
				return nil
			},
			config: old,
		},
		"the record is removed": {
			meanwhile: func(w *world) error { return os.Remove(w.path("/state/000001-enable.jsonl")) },
			config:    old, undone: true,
		},
		"a file cannot be read": {
			meanwhile: func(w *world) error {
				return errors.Join(os.Remove(w.path(config)), os.Symlink("config.yaml", w.path(config)))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.units.fails["restart crio.service"] = errors.New("broken")
			w.units.before = func(call string) {
				if call == "restart crio.service" {
					w.units.before = nil
					if err := c.meanwhile(w); err != nil {
						t.Error(err)
					}
				}
			}
			_, err := w.run(t.Context(), begin(plan.GoalEnable), enable())
			var failed *apply.FailedError
			if !errors.As(err, &failed) || (failed.Undo == nil) != c.undone {
				t.Errorf("got %v", err)
			}
			if kubelet := w.units.units["kubelet.service"]; kubelet.Active != "active" {
				t.Errorf("the kubelet was left %s", kubelet.Active)
			}
			if data, _ := os.ReadFile(w.path(config)); string(data) != c.config {
				t.Errorf("config: %s", data)
			}
			if _, err := os.Stat(w.path(dropIn)); !os.IsNotExist(err) {
				t.Errorf("the CRI-O drop-in was left: %v", err)
			}
		})
	}
}

// TestAnInterruptedRollbackMeetsAnotherProgram: one file is not ours to overwrite, and the
// rest is brought back, the kubelet too.
func TestAnInterruptedRollbackMeetsAnotherProgram(t *testing.T) {
	w := newWorld(t)
	undo, back := w.enabled()
	w.units.before = func(call string) {
		if call == "stop kubelet.service" {
			w.units.units["kubelet.service"] = down()
			panic("killed")
		}
	}
	w.killed(undo, back)
	const theirs = old + "featureGates: {EventedPLEG: true, Other: true}\n"
	w.write(config, theirs)
	_, err := w.executor.Recover(t.Context())
	var drift *plan.DriftError
	if !errors.As(err, &drift) {
		t.Errorf("got %v", err)
	}
	if kubelet := w.units.units["kubelet.service"]; kubelet.Active != "active" {
		t.Errorf("the kubelet was left %s", kubelet.Active)
	}
	if data, _ := os.ReadFile(w.path(config)); string(data) != theirs {
		t.Errorf("config: %s", data)
	}
	if _, err := os.Stat(w.path(dropIn)); !os.IsNotExist(err) {
		t.Errorf("the CRI-O drop-in was left: %v", err)
	}
}

// TestAnInterruptedRollbackGoesOn: a rollback that had taken our lines out of a file that
// another program changed too finds them gone.
func TestAnInterruptedRollbackGoesOn(t *testing.T) {
	for _, at := range []string{"stop kubelet.service", "restart crio.service"} {
		t.Run(at, func(t *testing.T) {
			w := newWorld(t)
			undo, _ := w.enabled()
			w.write(config, updated+"# by hand\n")
			back := w.wayBack()
			w.units.before = func(call string) {
				if call == at {
					panic("killed")
				}
			}
			w.killed(undo, back)
			recovered, err := w.executor.Recover(t.Context())
			if err != nil || recovered.Outcome != record.Committed {
				t.Fatalf("%v %+v", err, recovered)
			}
			if data, _ := os.ReadFile(w.path(config)); string(data) != old+"# by hand\n" {
				t.Errorf("config: %s", data)
			}
		})
	}
}

// TestAnUndoIsTakenUpAgain: its second try finds what the first has made of a file that
// another program changed too.
func TestAnUndoIsTakenUpAgain(t *testing.T) {
	w := newWorld(t)
	w.units.fails["restart crio.service"] = errors.New("broken")
	w.units.before = func(call string) {
		if call == "restart crio.service" {
			w.units.before = nil
			w.write(config, updated+"# by hand\n")
			w.units.fails["start kubelet.service"] = errors.New("broken too")
		}
	}
	var failed *apply.FailedError
	if _, err := w.run(t.Context(), begin(plan.GoalEnable), enable()); !errors.As(err, &failed) || failed.Undo == nil {
		t.Fatalf("got %v", err)
	}
	if steps := strings.Join(failed.ManualSteps, "\n"); strings.Contains(steps, config) || !strings.Contains(steps, "systemctl restart kubelet.service\n") {
		t.Errorf("manual steps would change what is back:\n%s", steps)
	}
	recovered, err := w.executor.Recover(t.Context())
	if err != nil || recovered.Outcome != record.RolledBack {
		t.Errorf("%v %+v", err, recovered)
	}
	if data, _ := os.ReadFile(w.path(config)); string(data) != old+"# by hand\n" {
		t.Errorf("config: %s", data)
	}
}

// TestManualStepsOfARollback: they lead where the rollback was going.
func TestManualStepsOfARollback(t *testing.T) {
	for name, fails := range map[string][]string{"files are back": {"start kubelet.service"}, "they are not": {"stop kubelet.service"}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			undo, back := w.enabled()
			w.units.before = func(call string) {
				if slices.Contains(fails, call) {
					w.units.fails[call] = errors.New("broken")
				}
			}
			var failed *apply.FailedError
			if _, err := w.run(t.Context(), undo, back); !errors.As(err, &failed) {
				t.Fatalf("got %v", err)
			}
			if steps := strings.Join(failed.ManualSteps, "\n"); strings.Contains(steps, config) || strings.Contains(steps, dropIn) {
				t.Errorf("manual steps would undo the rollback:\n%s", steps)
			}
		})
	}
}
