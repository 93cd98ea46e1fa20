package change

import (
	"context"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// RevertRequest is what the guard runs: undo one change unless it is made and confirmed.
type RevertRequest struct {
	ID string
	// Guard undoes only a change that was not finished: one that is made has its own timer.
	Guard bool
	// Boot undoes a change whatever time is left, and restarts nothing: the daemons start
	// later. UnlessBoot names the boot in which it does nothing.
	Boot       bool
	UnlessBoot string
}

// exitPartial is the exit code of a revert that could not bring back all files: to run it
// again would not help.
const exitPartial = 7

// Revert undoes a change that was not finished, or not confirmed in time. It waits for a
// plegctl that is at work, and ends one that does not move.
func Revert(ctx context.Context, env Env, q RevertRequest) (Outcome, error) {
	if q.Boot && q.UnlessBoot != "" && q.UnlessBoot == bootID() {
		return Outcome{}, nil
	}
	s, err := openPatiently(ctx, env, func(x *apply.Executor) { x.FilesOnly = q.Boot })
	if err != nil {
		return Outcome{}, err
	}
	defer s.close()
	o := Outcome{Recovered: s.recovered}
	t, pending := s.waiting()
	switch {
	case pending && t.ID == q.ID && q.Guard:
		return o, nil // made in time; the timer of the confirmation is armed
	case pending && t.ID == q.ID:
		when := "in time"
		if q.Boot {
			when = "before the reboot"
		}
		reason := fmt.Sprintf("%s was not confirmed %s", t.ID, when)
		s.Progress.Info("%s: rolling it back", reason)
		o, err = s.run(ctx, Request{
			Goal: plan.GoalRollback, To: t.ID, Reason: reason, Settle: lifecycle.Settle, Wait: lifecycle.Wait,
			NoRestart: q.Boot, InPlace: t.Begin.InPlace, Partial: true, Keep: DefaultKeep,
		})
	}
	if err == nil {
		guard{session: s}.disarm(context.WithoutCancel(ctx), q.ID)
	}
	return o, err
}
