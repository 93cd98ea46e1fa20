package change

import (
	"context"
	"slices"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify"
)

// comesBack asks the runtime's own program, before anything is stopped, whether it accepts
// its files as they would be. To enable, its refusal stands in the way; a way back tells of
// it. What cannot be known is a warning.
func (s *session) comesBack(ctx context.Context, p plan.Plan) (plan.Plan, []plan.Refusal) {
	r := s.facts.Runtime
	edited := p.Edited(plan.RuntimeConfig)
	older := r.Refusal.Seen && r.Refusal.Value != ""
	if len(edited) == 0 || p.Goal == plan.GoalEnable && older || !slices.Contains(p.Restarts(), s.units().Runtime) {
		return p, nil // the check of the files as they are has the answer
	}
	_, refusal := node.AskRuntime(ctx, s.Host, r.Name.Value, p.RuntimeInputs(s.facts), edited)
	title := r.Name.Value.Title()
	switch {
	case !refusal.Seen:
		p.Warnings = append(p.Warnings, verify.StartCode+" cannot be checked: "+refusal.Why)
	case refusal.Value == "":
	case p.Goal == plan.GoalEnable:
		return p, []plan.Refusal{{
			Code: verify.StartCode, Title: "runtime can start again", Where: refusal.From,
			Text: title + " would not start with this change: " + refusal.Value,
		}}
	case older:
		p.Warnings = append(p.Warnings, title+" would not start again, for a fault that is older than this change: "+refusal.Value)
	default:
		p.Warnings = append(p.Warnings, title+" would not start with this change: "+refusal.Value)
	}
	return p, nil
}
