package change

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// decide observes the node, makes the plan for the goal, and forecasts whether it can be
// carried out.
func (s *session) decide(ctx context.Context, q Request) (plan.Plan, error) {
	p, err := s.plan(ctx, q)
	reasons := s.forecast(q, p)
	if !s.Host.Offline {
		p = p.Warn(s.facts, s.units())
		var refused []plan.Refusal
		p, refused = s.comesBack(ctx, p)
		reasons = append(reasons, refused...)
	}
	return p.Refuse(err, reasons)
}

func (s *session) plan(ctx context.Context, q Request) (plan.Plan, error) {
	facts, err := node.Observe(ctx, s.Host, s.observing())
	if err != nil {
		return plan.Plan{}, err
	}
	s.facts = facts
	units := s.units()
	options, err := s.options(q, units)
	if err != nil {
		return plan.Plan{}, err
	}
	switch q.Goal {
	case plan.GoalDisable:
		return plan.Disable(facts, units, options)
	case plan.GoalRollback:
		return s.decideRollback(q, units)
	case plan.GoalCouple:
		return plan.CoupleOwn(facts, units, options)
	case plan.GoalUncouple:
		return plan.Uncouple(options.Coupling, units, options)
	case plan.GoalEnable:
	}
	return plan.Enable(facts, units, options)
}

// decideRollback plans the way back over everything that plegctl changed and nobody rolled
// back, or over what came with and after --to.
func (s *session) decideRollback(q Request, u plan.Units) (plan.Plan, error) {
	undo := s.undone(q)
	if q.To != "" && len(undo) == 0 {
		return plan.Plan{}, hint.With(fmt.Errorf("--to %s: no such change is in force", q.To), "`plegctl history` lists them")
	}
	changes := record.Files(undo...)
	now, err := s.executor().States(changes)
	if err != nil {
		return plan.Plan{Goal: plan.GoalRollback}, err
	}
	u.Proof = plan.Proof{Settle: q.Settle, Wait: q.Wait}
	if len(undo) > 0 && !s.Host.Offline {
		u.Level = plan.LevelOff
	}
	in := plan.RollbackInput{
		Changes: changes, Now: now, Force: q.Force, Staged: q.NoRestart || s.Host.Offline, Units: u,
	}
	if !in.Staged {
		// A daemon whose files another tool has brought back already may still run with ours.
		kubelet, runtime := plan.Stale(s.facts)
		in.Kubelet = kubelet && touches(changes, plan.KubeletConfig)
		in.Runtime = runtime && touches(changes, plan.RuntimeConfig)
	}
	p, err := plan.Rollback(in)
	var drift *plan.DriftError
	if q.Partial && errors.As(err, &drift) {
		s.partial = &PartialError{drift}
		return p, nil
	}
	return p, err
}

func touches(changes []plan.FileChange, role plan.Role) bool {
	return slices.ContainsFunc(changes, func(c plan.FileChange) bool { return c.Role == role })
}

// undone are the transactions that a rollback undoes, oldest first.
func (s *session) undone(q Request) []record.Transaction {
	left := record.Outstanding(s.past)
	for i, t := range left {
		if q.To != "" && t.ID == q.To {
			return left[i:]
		}
	}
	if q.To != "" {
		return nil
	}
	return left
}

// observing is where to look, with what the record contains.
func (s *session) observing() node.Options {
	o := s.Observe
	o.Own = OwnFacts(s.Host, o.StateDir)
	return o
}
