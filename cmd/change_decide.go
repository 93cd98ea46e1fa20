package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/verify/known"
)

// decide observes the node and makes the plan for the goal.
func (c *change) decide(ctx context.Context, o *changeOptions) (plan.Plan, error) {
	facts, err := node.Observe(ctx, c.host, c.observing())
	if err != nil {
		return plan.Plan{}, err
	}
	c.facts = facts
	units := c.units()
	wishes, err := c.wishes(o, units)
	if err != nil {
		return plan.Plan{}, err
	}
	switch o.goal {
	case plan.GoalDisable:
		return plan.Disable(facts, units, wishes)
	case plan.GoalRollback:
		return c.decideRollback(o, units)
	case plan.GoalCouple:
		return plan.CoupleOwn(facts, units, wishes)
	case plan.GoalUncouple:
		return plan.Uncouple(wishes.Coupling, units, wishes)
	case plan.GoalEnable:
	}
	return plan.Enable(facts, units, wishes)
}

// units names what a plan restarts.
func (c *change) units() plan.Units {
	u := plan.Units{Offline: c.host.Offline, Kubelet: c.d.Settings.KubeletUnit, Runtime: c.d.Settings.RuntimeUnit}
	if r := c.facts.Runtime; u.Runtime == "" && r.Unit.Seen {
		u.Runtime = r.Unit.Value.Name
	}
	if u.Runtime == "" && c.host.Offline {
		u.Runtime = usualUnit(c.facts.Runtime.Name.Value)
	}
	if unit := c.facts.Kubelet.Unit; unit.Seen {
		u.Kubelet = unit.Value.Name
	}
	if c.facts.Runtime.Endpoint.Seen {
		u.Endpoint = c.facts.Runtime.Endpoint.Value
	}
	if port := c.facts.Kubelet.HealthzPort; port.Known {
		u.HealthzPort = port.Value
	}
	return u
}

// usualUnit is the unit that the packages of a runtime bring. On an image nothing can be
// asked; on a running node a unit is never guessed.
func usualUnit(runtime known.RuntimeName) string {
	switch runtime {
	case known.CRIO:
		return "crio.service"
	case known.Containerd:
		return "containerd.service"
	}
	return ""
}

// wishes are the operator's options and what plegctl itself left on the node.
func (c *change) wishes(o *changeOptions, u plan.Units) (plan.Options, error) {
	w := plan.Options{
		Method: plan.Method(o.method), Accept: o.accept, Staged: o.noRestart || c.host.Offline, Couple: o.couple,
		Recorded: record.Files(record.Outstanding(c.past)...), Level: o.level, Strict: o.levelSet, Wait: o.wait, Settle: o.settle,
	}
	if o.goal == plan.GoalDisable {
		w.Level, w.Strict = plan.LevelOff, true
	}
	if w.Method == "" {
		w.Method = plan.MethodAuto
	}
	crio := "/etc/crio/crio.conf.d"
	if dir := c.facts.Runtime.DropInDir; dir.Seen && dir.Value != "" {
		crio = path.Clean(dir.Value)
	}
	w.Missing = map[string][]string{crio: c.missing(crio)}
	if u.Runtime == "" {
		return w, nil
	}
	coupling := plan.CouplePath(u.Runtime)
	w.Missing[path.Dir(coupling)] = c.missing(path.Dir(coupling))
	data, err := c.host.Root.ReadFile(coupling)
	if err == nil {
		w.Coupling = plan.FileState{Exists: true, Data: data}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return w, err
}

// missing are the folders that are not there on the way to dir and dir itself, outermost
// first. What cannot be looked at fails when it is written to.
func (c *change) missing(dir string) []string {
	var folders []string
	for ; dir != "/"; dir = path.Dir(dir) {
		if there, err := c.host.Root.Exists(dir); err != nil || there {
			break
		}
		folders = append([]string{dir}, folders...)
	}
	return folders
}

// decideRollback plans the way back over everything that plegctl changed and nobody took
// back, or over what came with and after --to.
func (c *change) decideRollback(o *changeOptions, u plan.Units) (plan.Plan, error) {
	undo := c.undone(o)
	if o.to != "" && len(undo) == 0 {
		return plan.Plan{}, usage(fmt.Errorf("--to %s: no such change is in force", o.to), "`plegctl history` lists them")
	}
	changes := record.Files(undo...)
	now, err := c.machine().States(changes)
	if err != nil {
		return plan.Plan{Goal: plan.GoalRollback}, err
	}
	u.Settle, u.Wait = o.settle, o.wait
	if len(undo) > 0 && !c.host.Offline {
		u.Level = plan.LevelOff
	}
	return plan.Rollback(plan.RollbackInput{
		Changes: changes, Now: now, Force: o.force, Staged: o.noRestart || c.host.Offline, Units: u,
	})
}

// undone are the transactions that a rollback takes back, oldest first.
func (c *change) undone(o *changeOptions) []record.Transaction {
	left := record.Outstanding(c.past)
	for i, t := range left {
		if o.to != "" && t.ID == o.to {
			return left[i:]
		}
	}
	if o.to != "" {
		return nil
	}
	return left
}

// observing is where to look, with what the record says.
func (c *change) observing() node.Options {
	o := c.d.observing()
	o.Own = c.d.ownFacts(c.host)
	return o
}
