package change

import (
	"slices"

	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/verify/report"
)

// DefaultKeep is how many ended transactions the history keeps.
const DefaultKeep = 50

// History returns the past changes, newest first.
func History(env Env) (report.History, error) {
	s, err := openForRead(env, true)
	if err != nil {
		return report.History{}, err
	}
	defer s.close()
	h := report.History{Changes: make([]report.PastChange, 0, len(s.past))}
	for _, t := range slices.Backward(s.past) {
		h.Changes = append(h.Changes, pastChange(t, s.past))
	}
	return h, nil
}

func pastChange(t record.Transaction, all []record.Transaction) report.PastChange {
	c := report.PastChange{
		ID: t.ID, Goal: string(t.Begin.Goal), At: t.At, Outcome: string(t.Outcome()), Who: t.Begin.Who, Reason: t.Begin.Reason,
		Accepted: t.Begin.Accepted, Undoes: t.Begin.Undoes, Files: fileActions(record.Files(t)), Kubelet: t.Begin.Kubelet,
		Runtime: t.Begin.Runtime, ConfirmedBy: t.ConfirmedBy, Notes: t.Notes,
	}
	if t.Ended != nil {
		c.EndedAt, c.Why, c.State, c.Rung, c.ConfirmBy = &t.EndedAt, t.Ended.Cause, t.Ended.State, t.Ended.Rung, t.Ended.ConfirmBy
	}
	for _, later := range all {
		if slices.Contains(later.Begin.Undoes, t.ID) && later.Outcome() == record.Committed {
			c.UndoneBy = later.ID
		}
	}
	return c
}
