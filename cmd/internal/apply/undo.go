package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

func (m *Machine) undoFor() time.Duration {
	if m.Undo > 0 {
		return m.Undo
	}
	return DefaultUndo
}

// undo takes back what the transaction has done so far, as its record tells. It looks at
// what is there and not at what should be, so it may be run again after a crash of its own.
func (r *run) undo(ctx context.Context) error {
	t, err := r.Store.Read(r.w.ID)
	if err != nil {
		return err
	}
	if err := r.w.Note("rolling back"); err != nil {
		// The way back matters more than the remark; the disk may be full.
		r.say("the record cannot be written: %v", err)
	}
	r.inPlaceAs(t)
	if err := r.sweep(t); err != nil {
		r.say("a temporary file could not be removed: %v", err)
	}
	changes := record.Files(t)
	now, err := r.States(changes)
	if err != nil {
		return err
	}
	kubelet, runtime := touched(t)
	back, err := plan.Rollback(plan.RollbackInput{
		Changes: changes, Now: now, Force: r.Force, Touched: &plan.Touched{Kubelet: kubelet, Runtime: runtime},
		Staged: r.staged(t.Begin), Units: r.units(t.Begin),
	})
	// What somebody else changed meanwhile is left alone, and all the rest is brought back.
	err = r.leave(err)
	return errors.Join(err, r.retreat(ctx, back.Steps))
}

// retreat takes the steps back. It goes on after a failure: a kubelet that runs with the
// wrong file is better than none, and the operator gets every error.
func (r *run) retreat(ctx context.Context, steps []plan.Step) error {
	var failed []error
	for _, s := range steps {
		err := failpoint.Hit("apply/before-undo-step")
		if err == nil {
			err = r.back(ctx, s)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", s.Text(), err))
		}
	}
	return errors.Join(failed...)
}

// back is take without the record: what it does is already in there, as old bytes.
func (r *run) back(ctx context.Context, s plan.Step) error {
	r.say("%s", s.Text())
	switch s := s.(type) {
	case plan.RestoreFile:
		if err := r.keep(s); err != nil {
			return err
		}
		return r.put(s.Path, s.Now, s.Then, false)
	case plan.StopUnit:
		return r.do(ctx, systemd.Stop, s.Unit)
	case plan.StartUnit:
		return r.do(ctx, systemd.Start, s.Unit)
	case plan.RestartUnit:
		return r.do(ctx, systemd.Restart, s.Unit)
	}
	return r.take(ctx, 0, s)
}

// leave accepts the work of somebody else where the operator said so.
func (r *run) leave(err error) error {
	var drift *plan.DriftError
	if !r.Leave || !errors.As(err, &drift) {
		return err
	}
	for _, f := range drift.Files {
		r.say("%s stays as it is", f.Path)
	}
	return nil
}

// inPlaceAs goes back the way the transaction came: a file that could only be overwritten
// can only be overwritten.
func (r *run) inPlaceAs(ts ...record.Transaction) {
	for _, t := range ts {
		for _, i := range t.Intents {
			r.InPlace = r.InPlace || i.InPlace
		}
	}
}

// touched tells which units the transaction stopped, started or restarted, or was about to.
func touched(t record.Transaction) (kubelet, runtime bool) {
	for _, i := range t.Intents {
		kubelet = kubelet || i.Unit != "" && i.Unit == t.Begin.KubeletUnit
		runtime = runtime || i.Unit != "" && i.Unit == t.Begin.RuntimeUnit
	}
	return kubelet, runtime
}

func (m *Machine) units(b record.Begin) plan.Units {
	return plan.Units{
		Kubelet: b.KubeletUnit, Runtime: b.RuntimeUnit, Endpoint: b.Endpoint,
		HealthzPort: b.HealthzPort, Settle: b.Settle, Offline: m.Host.Units == nil,
	}
}

// staged tells that files are brought back and nothing is restarted.
func (m *Machine) staged(b record.Begin) bool {
	return b.Staged || m.FilesOnly || m.Host.Units == nil
}
