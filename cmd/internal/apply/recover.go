package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// Recovered is what recovery did.
type Recovered struct {
	// ID is the transaction that was open, "" if none was.
	ID string
	// Outcome is how it ended now: rolled back, or, for a rollback, committed.
	Outcome record.Outcome
}

// Recover ends a transaction that a crash left open. A change is rolled back; a
// rollback is finished, because that is where its operator wanted to be.
func (e *Executor) Recover(ctx context.Context) (Recovered, error) {
	all, err := e.Store.List()
	if err != nil {
		return Recovered{}, err
	}
	for _, t := range all {
		if o := t.Outcome(); o == record.Unfinished || o == record.Failed {
			return e.recover(ctx, t, all)
		}
	}
	return Recovered{}, nil
}

func (e *Executor) recover(ctx context.Context, t record.Transaction, all []record.Transaction) (Recovered, error) {
	w, err := e.Store.Resume(t.ID)
	if err != nil {
		return Recovered{}, err
	}
	defer w.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.undoTimeout())
	defer cancel()
	r := &Transaction{Executor: e, w: w, begin: t.Begin, intents: t.Intents}
	e.Progress.Info("transaction %s was left open; recovering", t.ID)
	if t.Begin.Goal == plan.GoalRollback {
		return e.finishRollback(ctx, r, t, all)
	}
	cause := errors.New("plegctl did not come to its end")
	defer r.tellPods(ctx)
	if undo := r.undo(ctx); undo != nil {
		return Recovered{ID: t.ID, Outcome: record.Failed}, r.fail(cause, undo, record.Files(r.past()))
	}
	if err := w.End(record.End{Outcome: record.RolledBack, Cause: cause.Error()}); err != nil {
		return Recovered{ID: t.ID}, fmt.Errorf("close the record %s: %w", t.ID, err)
	}
	return Recovered{ID: t.ID, Outcome: record.RolledBack}, nil
}

// finishRollback goes on from wherever the rollback was left.
func (e *Executor) finishRollback(ctx context.Context, r *Transaction, t record.Transaction, all []record.Transaction) (Recovered, error) {
	var undone []record.Transaction
	for _, one := range all {
		for _, id := range t.Begin.Undoes {
			if one.ID == id {
				undone = append(undone, one)
			}
		}
	}
	r.inPlaceAs(append(undone, t)...)
	if err := e.sweep(t); err != nil {
		e.Progress.Info("a temporary file could not be removed: %v", err)
	}
	changes, now, unseen := e.seen(goOn(record.Files(undone...), record.Files(t)))
	kubelet, runtime := touched(t)
	for _, i := range t.Intents {
		// Its files may be back while the daemon still runs with what was there before.
		kubelet, runtime = kubelet || i.Role == plan.KubeletConfig, runtime || i.Role == plan.RuntimeConfig
	}
	defer r.tellPods(ctx)
	err := r.goBack(ctx, unseen, plan.RollbackInput{
		Changes: changes, Now: now, Force: t.Begin.Forced || e.Force, Kubelet: kubelet, Runtime: runtime,
		Staged: e.staged(t.Begin), Units: e.units(t.Begin),
	})
	if err != nil {
		return Recovered{ID: t.ID, Outcome: record.Failed}, r.fail(errors.New("plegctl did not come to its end"), err, changes)
	}
	if err := r.w.End(record.End{Outcome: record.Committed, Cause: "finished by recover"}); err != nil {
		return Recovered{ID: t.ID}, fmt.Errorf("close the record %s: %w", t.ID, err)
	}
	return Recovered{ID: t.ID, Outcome: record.Committed}, nil
}

// goOn lets a rollback that had begun with a file end where it was going: that need not be
// the old file, where another program had changed it too.
func goOn(changes, begun []plan.FileChange) []plan.FileChange {
	for i, c := range changes {
		for _, b := range begun {
			if b.Place() == c.Place() {
				changes[i].Before, changes[i].After, changes[i].Edits, changes[i].Torn = b.After, b.Before, nil, b.Torn
			}
		}
	}
	return changes
}
