package change

import (
	"context"
	"errors"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/record"
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
	var failed *apply.FailedError
	if errors.As(err, &failed) && failed.Drift() != nil {
		return Outcome{}, &PartialError{failed.Drift()}
	}
	if err != nil {
		return Outcome{}, err
	}
	defer s.close()
	o := Outcome{Recovered: s.recovered}
	t, pending := record.Waiting(s.past)
	switch {
	case pending && t.ID == q.ID && q.Guard:
		return o, nil // made in time; the timer of the confirmation is armed
	case pending && t.ID == q.ID:
		o, err = s.undoUnconfirmed(ctx, t.ID, q.Boot, false)
	}
	g := guard{session: s}
	if err == nil {
		err = g.disarmBoot(q.ID) // systemd runs this again until it is removed
	}
	if err == nil {
		g.disarm(context.WithoutCancel(ctx), q.ID)
	}
	return o, err
}
