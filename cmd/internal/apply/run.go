package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// Hooks let a caller take part in a transaction; each may be nil. An error of the first two
// rolls the change back.
type Hooks struct {
	// Prepare runs when the transaction is recorded and nothing is changed yet.
	Prepare func(ctx context.Context, id string) error
	// Finish runs before the commit and may add to the closing entry.
	Finish func(ctx context.Context, id string, end *record.End) error
	// Abort runs after a rollback.
	Abort func(ctx context.Context, id string)
}

// Run takes the steps of p in one transaction and commits it, or rolls it back. An error is
// a *[FailedError], or one from before anything was done.
func (m *Machine) Run(ctx context.Context, begin record.Begin, p plan.Plan, hooks Hooks) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("stopped before anything was changed: %w", context.Cause(ctx))
	}
	begin.Plan = p.Lines()
	w, err := m.Store.Begin(begin)
	if err != nil {
		return Result{}, err
	}
	defer w.Close()
	ctx, cancel := steadfast(ctx)
	defer cancel()
	r := &run{Machine: m, w: w, begin: begin}
	if hooks.Prepare != nil {
		err = hooks.Prepare(ctx, w.ID)
	}
	if err == nil {
		err = r.steps(ctx, p.Steps)
	}
	closing := record.End{Outcome: record.Committed, State: r.verdict.State, Rung: r.verdict.Rung}
	if err == nil && hooks.Finish != nil {
		err = hooks.Finish(ctx, w.ID, &closing)
	}
	if err == nil {
		err = r.commit(closing)
	}
	if err == nil {
		return Result{ID: w.ID, Changed: len(p.Steps) > 0, Verdict: r.verdict}, nil
	}
	if begin.Goal == plan.GoalRollback && r.acted && r.at > p.LastFile() {
		return Result{ID: w.ID, Changed: true, Verdict: r.verdict}, r.press(ctx, err, p.Steps[r.at:])
	}
	err = r.fail(ctx, err)
	if hooks.Abort != nil {
		hooks.Abort(context.WithoutCancel(ctx), w.ID)
	}
	return Result{ID: w.ID, Changed: r.acted, Verdict: r.verdict}, err
}

// run is one transaction on its way.
type run struct {
	*Machine
	w       *record.Writer
	begin   record.Begin
	verdict Verdict
	// acted tells that a step was begun; at is the one that was begun last.
	acted bool
	at    int
}

func (r *run) steps(ctx context.Context, steps []plan.Step) error {
	for i, s := range steps {
		if err := context.Cause(ctx); err != nil {
			return fmt.Errorf("interrupted before step %d (%s): %w", i+1, s.Text(), err)
		}
		r.say("%s", s.Text())
		r.at = i
		if err := r.take(ctx, i, s); err != nil {
			if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
				err = fmt.Errorf("%w: %w", cause, err)
			}
			return fmt.Errorf("step %d (%s): %w", i+1, s.Text(), err)
		}
	}
	return nil
}

func (r *run) commit(e record.End) error {
	err := failpoint.Hit("apply/before-commit")
	if err == nil {
		err = r.w.End(e)
	}
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	// It is committed: what happens from here on is no reason to take it back.
	if err := failpoint.Hit("apply/after-commit"); err != nil {
		r.say("%v", err)
	}
	return nil
}

// fail rolls back what was done, whatever has become of ctx, and writes how it ended.
func (r *run) fail(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.undoFor())
	defer cancel()
	r.say("failed: %v", cause)
	r.say("rolling back")
	undo := r.undo(ctx)
	return r.close(cause, undo)
}

// press goes on with a rollback whose files are all back: to change them again because a
// unit does not come up would help nobody. What can still be started is started.
func (r *run) press(ctx context.Context, cause error, left []plan.Step) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.undoFor())
	defer cancel()
	r.say("failed: %v", cause)
	r.say("the files are back; going on")
	if err := r.retreat(ctx, left); err != nil {
		return r.close(cause, err)
	}
	if err := r.commit(record.End{Outcome: record.Committed, Cause: cause.Error(), State: r.verdict.State, Rung: r.verdict.Rung}); err != nil {
		return r.close(cause, err)
	}
	return nil
}

// close writes the end of a transaction that was rolled back, or could not be.
func (r *run) close(cause, undo error) error {
	failed := &FailedError{ID: r.w.ID, Cause: cause, Undo: undo, Record: r.Store.Path(r.w.ID)}
	outcome := record.End{Outcome: record.RolledBack, Cause: cause.Error()}
	if undo != nil {
		outcome.Outcome = record.Failed
		outcome.Cause += "; the rollback: " + undo.Error()
		failed.Mend = r.mend()
	}
	// A record that cannot be closed stays open, and the next plegctl takes it from there.
	if err := r.w.End(outcome); err != nil {
		failed.Cause = errors.Join(cause, fmt.Errorf("the record stays open until `plegctl recover`: %w", err))
	}
	return failed
}
