package change

import (
	"errors"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify/report"
)

// PlanReport is the body of a plan, with the reasons why it was refused, if err holds any.
// diff adds the unified diff.
func PlanReport(q Request, p plan.Plan, err error, diff bool) report.Plan {
	b := report.Plan{
		Goal: string(q.Goal), Pending: !p.Empty(), Staged: p.Staged, Steps: p.Lines(), Files: fileActions(p.Changes()),
		Restarts: append([]string{}, p.Restarts()...), Notes: p.Notes, Warnings: p.Warnings, Accepted: p.Accepted,
	}
	if diff {
		b.Diff = p.Diff()
	}
	var refused *plan.RefusedError
	var drift *plan.DriftError
	if errors.As(err, &refused) {
		b.Refusals = refused.Reasons
	}
	if errors.As(err, &drift) {
		for _, f := range drift.Files {
			b.Drift = append(b.Drift, report.Drift{Path: f.Path, Diff: f.ThreeWay()})
		}
	}
	return b
}

// Report is the body of what became of a request.
func (o Outcome) Report(diff bool) report.Change {
	b := report.Change{
		Plan: PlanReport(o.Request, o.Plan, nil, diff), Record: o.ID, Reason: o.Request.Reason,
		Found: o.Verdict.Reason, State: o.Verdict.State, Rung: o.Verdict.Rung, Pods: o.Pods,
	}
	b.Pending, b.Recovered = false, o.Recovered.ID
	if f := o.Failed; f != nil {
		b.Error, b.RolledBack, b.ManualSteps = f.Error(), f.Undo == nil, f.ManualSteps
	} else if !o.ConfirmBy.IsZero() {
		b.ConfirmBy = o.ConfirmBy.UTC().Format(time.RFC3339)
	}
	return b
}

func fileActions(changes []plan.FileChange) []report.FileAction {
	actions := []report.FileAction{}
	for _, c := range changes {
		action := "edit"
		switch {
		case !c.Before.Exists:
			action = "create"
		case !c.After.Exists:
			action = "remove"
		}
		actions = append(actions, report.FileAction{Path: c.Path, Action: action})
	}
	return actions
}
