package cmd

import (
	"context"
	"slices"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// act takes the plan's steps. With nothing to do it does not even open a transaction,
// unless a rollback has records to close.
func (c *change) act(ctx context.Context, o *changeOptions, p plan.Plan) (apply.Result, error) {
	for _, note := range p.Notes {
		c.d.say("note: %s", note)
	}
	begin := c.begin(o, p)
	if p.Empty() && len(begin.Undoes) == 0 {
		return apply.Result{}, nil
	}
	m := c.machine()
	m.InPlace = o.inPlace
	var hooks apply.Hooks
	if o.within > 0 {
		r := &revert{change: c, within: o.within}
		hooks = apply.Hooks{Prepare: r.arm, Finish: r.rearm, Abort: r.disarm}
	}
	result, err := m.Run(ctx, begin, p, hooks)
	if err == nil {
		c.disarmUndone(ctx, begin.Undoes)
		if pruned := c.store.Prune(o.keep); pruned != nil {
			c.d.say("the history could not be pruned: %v", pruned)
		}
	}
	return result, err
}

// disarmUndone stops the timers of changes that were taken back.
func (c *change) disarmUndone(ctx context.Context, undone []string) {
	for _, t := range c.past {
		if slices.Contains(undone, t.ID) && t.Ended != nil && t.Ended.Timer != "" {
			(&revert{change: c}).disarm(context.WithoutCancel(ctx), t.ID)
		}
	}
}

func (c *change) begin(o *changeOptions, p plan.Plan) record.Begin {
	u := c.units()
	b := record.Begin{
		Goal: o.goal, Who: whoRuns(c.d), Reason: o.reason, Accepted: p.Accepted, Forced: o.force, Staged: p.Staged,
		KubeletUnit: u.Kubelet, RuntimeUnit: u.Runtime, Endpoint: u.Endpoint, HealthzPort: u.HealthzPort,
		Settle: o.settle, Wait: o.wait,
	}
	if v := c.facts.Kubelet.Version; v.Seen {
		b.Kubelet = v.Value.String()
	}
	if r := c.facts.Runtime; r.Name.Seen {
		b.Runtime = string(r.Name.Value) + " " + r.Version.Value.String()
	}
	if o.goal == plan.GoalRollback {
		for _, t := range c.undone(o) {
			b.Undoes = append(b.Undoes, t.ID)
		}
	}
	if boot := c.facts.Node.Boot; boot.Seen {
		b.Boot = boot.Value.UTC().Format(time.RFC3339)
	}
	return b
}
