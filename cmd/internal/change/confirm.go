package change

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// Confirm keeps the change that waits for its confirmation, and returns its ID.
func Confirm(ctx context.Context, env Env) (string, error) {
	s, err := openForChange(ctx, env, nil)
	if err != nil {
		return "", err
	}
	defer s.close()
	t, ok := record.Waiting(s.past)
	if !ok {
		return "", hint.With(errors.New("no change waits for a confirmation"), "`plegctl history` shows what was changed, and how it ended")
	}
	w, err := s.store.Resume(t.ID)
	if err != nil {
		return "", err
	}
	if err := errors.Join(w.Confirm(s.Who), w.Close()); err != nil {
		return "", hint.With(err, "the change is not confirmed; free some space and run `plegctl confirm` again")
	}
	// From here on the change stays: a revert that fires now finds it confirmed.
	guard{session: s}.disarm(ctx, t.ID)
	return t.ID, nil
}

// undoUnconfirmed rolls back a change that was not confirmed; after a reboot, before the
// daemons start.
func (s *session) undoUnconfirmed(ctx context.Context, id string, boot, force bool) (Outcome, error) {
	reason := id + " was not confirmed in time"
	if boot {
		reason = id + " was not confirmed before the reboot"
	}
	s.Progress.Info("%s: rolling it back", reason)
	return s.run(ctx, Request{
		Goal: plan.GoalRollback, To: id, Reason: reason, Wishes: plan.Wishes{Proof: plan.Proof{Settle: lifecycle.Settle, Wait: lifecycle.Wait}},
		NoRestart: boot, Force: force, Partial: true, Keep: DefaultKeep,
	})
}

// UnconfirmedError is a change that waits for its confirmation and is in the way of another.
type UnconfirmedError struct {
	ID    string
	Until time.Time
}

func (e *UnconfirmedError) Error() string {
	return fmt.Sprintf("%s waits for its confirmation until %s", e.ID, e.Until.UTC().Format(time.RFC3339))
}

// ExitCode is that of a refusal.
func (e *UnconfirmedError) ExitCode() int { return 7 }

// unconfirmed refuses a change while another one waits for its confirmation.
func (s *session) unconfirmed() error {
	t, ok := record.Waiting(s.past)
	if !ok {
		return nil
	}
	return hint.With(&UnconfirmedError{t.ID, *t.Ended.ConfirmBy}, "`plegctl confirm` keeps it, `plegctl rollback` undoes it")
}
