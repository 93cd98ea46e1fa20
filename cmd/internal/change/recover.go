package change

import (
	"context"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// RecoverRequest is how far a recovery goes.
type RecoverRequest struct {
	// Boot undoes a change that waits for its confirmation, and restarts nothing.
	Boot bool
	// Force overwrites what another program changed meanwhile; Leave leaves it.
	Force, Leave bool
}

// Recover ends a change that a crash left open, and undoes one whose time for confirmation
// is over. undone reports whether there was one of these.
func Recover(ctx context.Context, env Env, q RecoverRequest) (o Outcome, undone bool, err error) {
	s, err := openForChange(ctx, env, func(x *apply.Executor) {
		x.FilesOnly, x.Force, x.Leave = q.Boot, q.Force, q.Leave
	})
	if err != nil {
		return Outcome{}, false, err
	}
	defer s.close()
	t, ok := s.waiting()
	if over := ok && (q.Boot || !s.Now().Before(*t.Ended.ConfirmBy)); !over {
		return Outcome{Recovered: s.recovered}, false, nil
	}
	reason := fmt.Sprintf("%s was not confirmed in time", t.ID)
	if q.Boot {
		reason = fmt.Sprintf("%s was not confirmed before the reboot", t.ID)
	}
	s.Progress.Info("%s: rolling it back", reason)
	o, err = s.run(ctx, Request{
		Goal: plan.GoalRollback, To: t.ID, Reason: reason, Settle: lifecycle.Settle, Wait: lifecycle.Wait,
		NoRestart: q.Boot, InPlace: t.Begin.InPlace, Force: q.Force, Partial: true, Keep: DefaultKeep,
	})
	return o, true, err
}
