package change

import (
	"context"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// RecoverRequest is how far a recovery goes.
type RecoverRequest struct {
	// Boot undoes a change that waits for its confirmation, and restarts nothing.
	Boot bool
	// Force overwrites what another program changed meanwhile; Leave leaves it.
	Force, Leave bool
	// Patient waits for another plegctl, as the guard may be at work.
	Patient bool
}

// Recover ends a change that a crash left open, and undoes one whose time for confirmation
// is over. undone reports whether there was one of these.
func Recover(ctx context.Context, env Env, q RecoverRequest) (o Outcome, undone bool, err error) {
	open := openForChange
	if q.Patient {
		open = openPatiently
	}
	s, err := open(ctx, env, func(x *apply.Executor) {
		x.FilesOnly, x.Force, x.Leave = q.Boot, q.Force, q.Leave
	})
	if err != nil {
		return Outcome{}, false, err
	}
	defer s.close()
	t, ok := record.Waiting(s.past)
	if over := ok && (q.Boot || !s.Now().Before(*t.Ended.ConfirmBy)); !over {
		return Outcome{Recovered: s.recovered}, false, nil
	}
	o, err = s.undoUnconfirmed(ctx, t.ID, q.Boot, q.Force)
	return o, true, err
}
