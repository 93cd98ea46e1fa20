package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// Recovered tells what recovery did.
type Recovered struct {
	// ID is the transaction that was open, "" if none was.
	ID string
	// Outcome is how it ended now: rolled back, or, for a rollback, committed.
	Outcome record.Outcome
}

// Recover gives an end to a transaction that a crash left open. A change is taken back; a
// rollback is finished, because that is where its operator wanted to be.
func (m *Machine) Recover(ctx context.Context) (Recovered, error) {
	all, err := m.Store.List()
	if err != nil {
		return Recovered{}, err
	}
	for _, t := range all {
		if o := t.Outcome(); o == record.Unfinished || o == record.Failed {
			return m.recover(ctx, t, all)
		}
	}
	return Recovered{}, nil
}

func (m *Machine) recover(ctx context.Context, t record.Transaction, all []record.Transaction) (Recovered, error) {
	w, err := m.Store.Resume(t.ID)
	if err != nil {
		return Recovered{}, err
	}
	defer w.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.undoFor())
	defer cancel()
	r := &run{Machine: m, w: w, begin: t.Begin}
	m.say("transaction %s was left open; recovering", t.ID)
	if t.Begin.Goal == plan.GoalRollback {
		return m.finishRollback(ctx, r, t, all)
	}
	cause := errors.New("plegctl did not come to its end")
	if undo := r.undo(ctx); undo != nil {
		return Recovered{ID: t.ID, Outcome: record.Failed}, r.close(cause, undo)
	}
	if err := w.End(record.End{Outcome: record.RolledBack, Cause: cause.Error()}); err != nil {
		return Recovered{ID: t.ID}, fmt.Errorf("close the record %s: %w", t.ID, err)
	}
	return Recovered{ID: t.ID, Outcome: record.RolledBack}, nil
}

// finishRollback goes on from wherever the rollback was left.
func (m *Machine) finishRollback(ctx context.Context, r *run, t record.Transaction, all []record.Transaction) (Recovered, error) {
	var undone []record.Transaction
	for _, one := range all {
		for _, id := range t.Begin.Undoes {
			if one.ID == id {
				undone = append(undone, one)
			}
		}
	}
	r.inPlaceAs(append(undone, t)...)
	if err := m.sweep(t); err != nil {
		m.say("a temporary file could not be removed: %v", err)
	}
	changes := record.Files(undone...)
	now, err := m.States(changes)
	if err != nil {
		return Recovered{ID: t.ID}, err
	}
	kubelet, runtime := touched(t)
	forward, err := plan.Rollback(plan.RollbackInput{
		Changes: changes, Now: now, Force: t.Begin.Forced || m.Force, Kubelet: kubelet, Runtime: runtime,
		Staged: m.staged(t.Begin), Units: m.units(t.Begin),
	})
	if err = r.leave(err); err == nil {
		err = r.retreat(ctx, forward.Steps)
	}
	if err != nil {
		return Recovered{ID: t.ID, Outcome: record.Failed}, r.close(errors.New("plegctl did not come to its end"), err)
	}
	if err := r.w.End(record.End{Outcome: record.Committed, Cause: "finished by recover"}); err != nil {
		return Recovered{ID: t.ID}, fmt.Errorf("close the record %s: %w", t.ID, err)
	}
	return Recovered{ID: t.ID, Outcome: record.Committed}, nil
}
