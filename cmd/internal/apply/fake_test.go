package apply_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// fakeUnits are units that do what they are told, or fail when asked to.
type fakeUnits struct {
	log   []string
	units map[string]systemd.Unit
	// fails names "verb unit" and what happens to it, once.
	fails map[string]error
	// hangs names what does not come to its end before it is given up.
	hangs string
	// before runs ahead of each verb.
	before func(call string)
	pid    int
}

func (f *fakeUnits) Unit(_ context.Context, name string) (systemd.Unit, error) {
	u, ok := f.units[name]
	if !ok {
		return u, systemd.ErrNoSuchUnit
	}
	return u, nil
}

func (f *fakeUnits) Do(ctx context.Context, verb systemd.Verb, name string) (systemd.Unit, error) {
	call := string(verb) + " " + name
	if call == f.hangs {
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return f.units[name], err
	}
	f.log = append(f.log, call)
	if f.before != nil {
		f.before(call)
	}
	u := f.units[name]
	u.Active, u.Sub = "active", "running"
	f.pid++
	u.MainPID, u.InvocationID = f.pid, fmt.Sprint("run", f.pid)
	if verb == systemd.Stop {
		u.Active, u.Sub, u.MainPID = "inactive", "dead", 0
	}
	if err, ok := f.fails[call]; ok {
		delete(f.fails, call)
		u.Active, u.Sub = "failed", "failed"
		f.units[name] = u
		return u, err
	}
	f.units[name] = u
	return u, nil
}

func (f *fakeUnits) Reload(context.Context) error {
	f.log = append(f.log, "reload")
	return nil
}

// world is a node made of a directory and fake units, with a record.
type world struct {
	t        *testing.T
	dir      string
	units    *fakeUnits
	executor *apply.Executor
	// unproven is what the verification at the end says, if anything.
	unproven error
}

// run executes the plan and commits, or aborts where a step or the verification fails.
func (w *world) run(ctx context.Context, b record.Begin, p plan.Plan) (string, error) {
	w.t.Helper()
	x, err := w.executor.Begin(ctx, b, p)
	if err != nil {
		return "", err
	}
	defer x.Close()
	ctx, cancel := lifecycle.IgnoreHangup(ctx)
	defer cancel()
	if err = x.Execute(ctx); err == nil {
		err = w.unproven
	}
	if err == nil {
		err = x.Commit(record.End{State: "works", Rung: "connected"})
	}
	if err != nil {
		err = x.Abort(ctx, err, record.End{})
	}
	return x.ID(), err
}

// killed executes the plan until a hook kills it.
func (w *world) killed(b record.Begin, p plan.Plan) {
	w.t.Helper()
	defer func() {
		if recover() == nil {
			w.t.Fatal("it was not killed")
		}
		w.units.before = nil
	}()
	_, _ = w.run(w.t.Context(), b, p)
}

// enabled makes the change of [enable], and plans the way back.
func (w *world) enabled() (record.Begin, plan.Plan) {
	w.t.Helper()
	done, err := w.run(w.t.Context(), begin(plan.GoalEnable), enable())
	if err != nil {
		w.t.Fatal(err)
	}
	undo := begin(plan.GoalRollback)
	undo.Undoes = []string{done}
	return undo, w.wayBack()
}

// wayBack plans the way back from what is there now.
func (w *world) wayBack() plan.Plan {
	w.t.Helper()
	past, err := w.executor.Store.List()
	if err != nil {
		w.t.Fatal(err)
	}
	changes := record.Files(past...)
	now, err := w.executor.States(changes)
	if err != nil {
		w.t.Fatal(err)
	}
	back, err := plan.Rollback(plan.RollbackInput{Changes: changes, Now: now, Units: plan.Units{Kubelet: "kubelet.service", Runtime: "crio.service"}})
	if err != nil {
		w.t.Fatal(err)
	}
	return back
}

func down() systemd.Unit { return systemd.Unit{Active: "inactive", Sub: "dead"} }

const (
	config  = "/var/lib/kubelet/config.yaml"
	dropIn  = "/etc/crio/crio.conf.d/99-plegctl.conf"
	old     = "kind: KubeletConfiguration\n# the admin's\n"
	updated = "kind: KubeletConfiguration\n# the admin's\nfeatureGates: {EventedPLEG: true}\n"
)

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	w.write(config, old)
	for _, d := range []string{"/etc/crio", "/state"} {
		if err := os.MkdirAll(filepath.Join(w.dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	root, err := hostfs.Open(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	state, err := os.OpenRoot(filepath.Join(w.dir, "state"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(root.Close(), state.Close()) })
	w.units = &fakeUnits{units: map[string]systemd.Unit{}, fails: map[string]error{}}
	for _, name := range []string{"kubelet.service", "crio.service"} {
		if _, err := w.units.Do(t.Context(), systemd.Start, name); err != nil {
			t.Fatal(err)
		}
	}
	w.units.log = nil
	w.executor = &apply.Executor{
		Host: &node.Host{Root: root, Units: w.units, Now: time.Now}, Store: record.Open(state, time.Now),
		Poll: time.Millisecond, UndoTimeout: 10 * time.Second,
	}
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(w.path(name)), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(w.path(name), []byte(text), 0o640); err != nil {
		w.t.Fatal(err)
	}
}

// files is every file outside the state directory with mode and content.
func (w *world) files() string {
	w.t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(w.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == filepath.Join(w.dir, "state") {
			return filepath.SkipDir
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		data := []byte(nil)
		if !e.IsDir() {
			data, err = os.ReadFile(path)
		}
		fmt.Fprintf(&out, "%v %s %q\n", info.Mode(), strings.TrimPrefix(path, w.dir), data)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.String()
}

func begin(goal plan.Goal) record.Begin {
	return record.Begin{Goal: goal, Units: plan.Units{Kubelet: "kubelet.service", Runtime: "crio.service"}}
}

// enable is the plan of a CRI-O node, but for what needs sockets.
func enable() plan.Plan {
	return plan.Plan{Goal: plan.GoalEnable, Steps: []plan.Step{
		plan.StopUnit{Unit: "kubelet.service"},
		plan.MakeDir{Path: "/etc/crio/crio.conf.d", Mode: 0o755},
		plan.CreateFile{Path: dropIn, Data: []byte("[crio.runtime]\nenable_pod_events = true\n"), Mode: 0o644, Role: plan.RuntimeConfig},
		plan.WriteFile{Path: config, Before: []byte(old), After: []byte(updated), Role: plan.KubeletConfig},
		plan.RestartUnit{Unit: "crio.service"},
		plan.StartUnit{Unit: "kubelet.service"},
		plan.Settle{Unit: "kubelet.service", Window: 5 * time.Millisecond},
		plan.Verify{Level: "connected"},
	}}
}
