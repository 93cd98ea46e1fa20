package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// undo rolls back what the transaction has done so far, as its record tells. It looks at
// what is there and not at what should be, so it may be run again after a crash of its own.
func (t *Transaction) undo(ctx context.Context) error {
	past := t.past()
	if err := t.w.Note("rolling back"); err != nil {
		// The way back matters more than the remark; the disk may be full.
		t.Progress.Info("the record cannot be written: %v", err)
	}
	t.inPlaceAs(past)
	if err := t.sweep(past); err != nil {
		t.Progress.Info("a temporary file could not be removed: %v", err)
	}
	changes, now, unseen := t.seen(record.Files(past))
	kubelet, runtime := touched(past)
	return t.goBack(ctx, unseen, plan.RollbackInput{
		Changes: changes, Now: now, Force: t.Force, Touched: &plan.Touched{Kubelet: kubelet, Runtime: runtime},
		Staged: t.staged(past.Begin), Units: t.units(past.Begin),
	})
}

// goBack is the way back of every change that did not come to its end. What another program
// changed meanwhile is left alone, and all the rest is brought back.
func (t *Transaction) goBack(ctx context.Context, unseen error, in plan.RollbackInput) error {
	back, err := plan.Rollback(in)
	for _, note := range back.Notes {
		t.Progress.Info("note: %s", note)
	}
	return atMostDrift(t.leave(err), errors.Join(unseen, t.undoSteps(ctx, back.Steps), t.onePodEach(ctx)))
}

// atMostDrift joins the errors of a way back, so that drift by itself differs from all else.
func atMostDrift(drift, err error) error {
	if err == nil {
		return drift
	}
	return errors.Join(drift, err)
}

// past is what the record holds of this transaction. One that is lost meanwhile is not a reason
// to leave the node as it is.
func (t *Transaction) past() record.Transaction {
	past, err := t.Store.Read(t.w.ID)
	if err != nil {
		t.Progress.Info("going on without the record: %v", err)
		past = record.Transaction{ID: t.w.ID, Begin: t.begin, Intents: t.intents}
	}
	return past
}

// seen returns those of the changes whose files can be read, with what is in them now. The
// others are an error, and no reason to leave these, or a daemon that is stopped.
func (e *Executor) seen(changes []plan.FileChange) ([]plan.FileChange, map[string]plan.FileState, error) {
	now, err := e.States(changes)
	return slices.DeleteFunc(changes, func(c plan.FileChange) bool {
		_, ok := now[c.Place()]
		return !ok
	}), now, err
}

// undoSteps takes the steps back. It goes on after a failure: a kubelet that runs with the
// wrong file is better than none, and the operator gets every error. How long an operator
// waits for a change does not bound its way back: a short --wait must not fail the rollback.
func (t *Transaction) undoSteps(ctx context.Context, steps []plan.Step) error {
	t.returning = true
	var failed []error
	for _, s := range steps {
		err := failpoint.Hit("apply/before-undo-step")
		if err == nil {
			err = t.undoStep(ctx, s)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", plan.Text(s), err))
		}
	}
	return errors.Join(failed...)
}

// ofUndo is the number of a step of an undo in the record.
const ofUndo = -1

// undoStep is step without the record: what it does is already in there, as old bytes.
func (t *Transaction) undoStep(ctx context.Context, s plan.Step) error {
	t.announce(s)
	switch s := s.(type) {
	case plan.RestoreFile:
		if err := t.keep(s); err != nil {
			return err
		}
		at := s.Path
		if s.Real != "" {
			at = s.Real
		}
		if s.Keep {
			// Where it ends is not in the record yet, and this undo may not be the last.
			_ = t.w.Intend(record.Intent{Step: ofUndo, Text: plan.Text(s), Path: s.Path, Real: s.Real, Role: s.Role, Before: &s.Now, After: &s.Then})
		}
		return t.put(at, s.Now, s.Then, false)
	case plan.StopUnit:
		return t.do(ctx, systemd.Stop, s.Unit)
	case plan.StartUnit:
		// However long the steps before took, no daemon is left stopped.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.undoTimeout())
		defer cancel()
		return t.start(ctx, s.Unit)
	case plan.RestartUnit:
		return t.do(ctx, systemd.Restart, s.Unit)
	}
	return t.step(ctx, 0, s)
}

// leave accepts the work of another program where the operator said so.
func (t *Transaction) leave(err error) error {
	var drift *plan.DriftError
	if !t.Leave || !errors.As(err, &drift) {
		return err
	}
	for _, f := range drift.Files {
		t.Progress.Info("%s stays as it is", f.Path)
	}
	return nil
}

// inPlaceAs goes back the way the transaction came: a file that could only be overwritten
// can only be overwritten.
func (t *Transaction) inPlaceAs(ts ...record.Transaction) {
	for _, one := range ts {
		for _, i := range one.Intents {
			t.InPlace = t.InPlace || i.InPlace
		}
	}
}

// touched returns which units the transaction stopped, started or restarted, or was about to.
func touched(t record.Transaction) (kubelet, runtime bool) {
	for _, i := range t.Intents {
		kubelet = kubelet || i.Unit != "" && i.Unit == t.Begin.Units.Kubelet
		runtime = runtime || i.Unit != "" && i.Unit == t.Begin.Units.Runtime
	}
	return kubelet, runtime
}

func (e *Executor) units(b record.Begin) plan.Units {
	u := b.Units
	u.Offline = e.Host.Units == nil
	return u
}

// staged reports whether files are brought back and nothing is restarted.
func (e *Executor) staged(b record.Begin) bool {
	return b.Staged || e.FilesOnly || e.Host.Units == nil
}
