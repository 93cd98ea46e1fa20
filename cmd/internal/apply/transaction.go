package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// Transaction is one change on its way: [Executor.Begin], [Transaction.Execute], and then
// either [Transaction.Commit] or [Transaction.Abort].
type Transaction struct {
	*Executor
	w     *record.Writer
	begin record.Begin
	steps []plan.Step
	// lastFile is the index of the last step that changes a file.
	lastFile int
	// intents are those that the record holds; at is the step that was begun last.
	intents []record.Intent
	at      int
	pods    podWatch
	// returning reports whether it is on its way back.
	returning bool
	// endDrain ends the draining that is on its way; nil where none is.
	endDrain func()
}

// Begin opens a transaction for the plan. Nothing is changed yet.
func (e *Executor) Begin(ctx context.Context, begin record.Begin, p plan.Plan) (*Transaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("stopped before anything was changed: %w", context.Cause(ctx))
	}
	begin.Plan = p.Lines()
	w, err := e.Store.Begin(begin)
	if err != nil {
		return nil, err
	}
	return &Transaction{Executor: e, w: w, begin: begin, steps: p.Steps, lastFile: p.LastFile()}, nil
}

// ID names the transaction in the record.
func (t *Transaction) ID() string { return t.w.ID }

// Acted reports whether a step was begun.
func (t *Transaction) Acted() bool { return len(t.intents) > 0 }

// Close releases the record. A transaction without an end stays open.
func (t *Transaction) Close() error {
	t.stopDraining()
	return t.w.Close()
}

// Execute takes the steps up to the verification, which is the caller's.
func (t *Transaction) Execute(ctx context.Context) error {
	for i, s := range t.steps {
		if err := context.Cause(ctx); err != nil {
			return fmt.Errorf("interrupted before step %d (%s): %w", i+1, plan.Text(s), err)
		}
		t.announce(s)
		t.at = i
		if _, ok := s.(plan.Verify); ok {
			return nil
		}
		if err := t.step(ctx, i, s); err != nil {
			if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
				err = fmt.Errorf("%w: %w", cause, err)
			}
			return fmt.Errorf("step %d (%s): %w", i+1, plan.Text(s), err)
		}
	}
	return nil
}

// Commit ends a transaction whose change stays.
func (t *Transaction) Commit(end record.End) error {
	end.Outcome = record.Committed
	err := failpoint.Hit("apply/before-commit")
	if err == nil {
		err = t.w.End(end)
	}
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	// It is committed: what happens from here on does not roll it back.
	if err := failpoint.Hit("apply/after-commit"); err != nil {
		t.Progress.Info("%v", err)
	}
	return nil
}

// Abort ends a transaction that failed, whatever has become of ctx: a change is undone, a
// rollback whose files are all back is resumed. The error is a *[FailedError], or nil where
// a resumed rollback came to its end.
func (t *Transaction) Abort(ctx context.Context, cause error, end record.End) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.undoTimeout())
	defer cancel()
	t.Progress.Info("failed: %v", cause)
	if t.begin.Goal == plan.GoalRollback && t.Acted() && t.at > t.lastFile {
		return t.resumeRollback(ctx, cause, end)
	}
	t.Progress.Info("rolling back")
	return t.fail(cause, t.undo(ctx), record.Files(t.past()))
}

// resumeRollback goes on with a rollback whose files are all back: to change them again
// because a unit does not come up would help nobody. What can still be started is started.
func (t *Transaction) resumeRollback(ctx context.Context, cause error, end record.End) error {
	t.Progress.Info("the files are back; going on")
	if err := t.undoSteps(ctx, t.steps[t.at:]); err != nil {
		return t.fail(cause, err, nil)
	}
	end.Cause = cause.Error()
	if err := t.Commit(end); err != nil {
		return t.fail(cause, err, nil)
	}
	return nil
}

// fail writes the end of a transaction that was rolled back, or could not be; left are the
// changes that it had to revert.
func (t *Transaction) fail(cause, undo error, left []plan.FileChange) error {
	failed := &FailedError{ID: t.w.ID, Cause: cause, Undo: undo, Record: t.Store.Path(t.w.ID)}
	end := record.End{Outcome: record.RolledBack, Cause: cause.Error()}
	if undo != nil {
		end.Outcome = record.Failed
		end.Cause += "; the rollback: " + undo.Error()
		failed.ManualSteps = t.manualSteps(left, undo)
	}
	// A record that cannot be closed stays open, and the next plegctl takes it from there.
	if err := t.w.End(end); err != nil {
		failed.Cause = errors.Join(cause, fmt.Errorf("the record stays open until `plegctl recover`: %w", err))
	}
	return failed
}
