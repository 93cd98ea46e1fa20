package plan

import (
	"errors"
	"slices"

	"github.com/plegctl/plegctl/verify"
)

// judge runs every check over the facts and adds what only the plan knows. Preflight shows
// this report, and the plan is refused for what fails in it: one decision for both. Where
// nothing has to be done, what could not be seen does not stand in the way.
func (m *maker) judge(done bool) {
	var selection verify.Selection
	if m.options.Locked {
		selection.Skip = []string{"PLEG-NODE-LOCK"}
	}
	r := verify.Run(verify.Checks(), m.facts, selection)
	for i := range r.Results {
		if m.staged() && r.Results[i].Live && r.Results[i].Status != verify.Skip {
			r.Results[i].Status, r.Results[i].Found = verify.Skip, "nothing restarts (--no-restart)"
		}
	}
	for _, refusal := range m.reasons {
		r.Results = withRefusal(r.Results, refusal)
	}
	m.reasons = nil
	for i, result := range r.Results {
		if done && result.Status == verify.NotSeen {
			r.Results[i].Level = verify.Advisory
			continue
		}
		before := len(m.reasons)
		m.reason(result)
		if accepted := len(m.reasons) == before && m.options.accepts(result.Risk); accepted {
			r.Results[i].Level = verify.Advisory
		}
	}
	m.plan.Report = r
}

// withRefusal puts a refusal of the plan in the place of the check with the same code. A check
// that failed by itself says why already.
func withRefusal(results []verify.Result, r Refusal) []verify.Result {
	result := verify.Result{
		Code: r.Code, Title: r.Title, Level: verify.Required, Status: verify.Fail, Found: r.Text, From: r.Where, At: r.At, Hint: r.Do, Risk: r.Risk,
	}
	if r.Unknown {
		result.Status = verify.NotSeen
	}
	i := slices.IndexFunc(results, func(one verify.Result) bool { return one.Code == r.Code })
	switch {
	case i < 0:
		return append(results, result)
	case results[i].Level == verify.Required && results[i].Status == verify.Fail:
		return results
	}
	result.Title, result.Expected = results[i].Title, results[i].Expected
	results[i] = result
	return results
}

// reason refuses for a required check that failed, or whose fact was not seen.
func (m *maker) reason(r verify.Result) {
	if r.Level != verify.Required || r.Status != verify.Fail && r.Status != verify.NotSeen {
		return
	}
	for _, issue := range r.Issues {
		text := issue.Title
		if issue.Symptom != "" {
			text += " (" + issue.Symptom + ")"
		}
		m.risk(Refusal{Code: issue.Code, Title: r.Title, Text: text, Do: issue.Advice, Risk: issue.Risk})
	}
	// One fact that was not seen keeps several checks from an answer: say it once.
	repeated := r.Status == verify.NotSeen && slices.ContainsFunc(m.reasons, func(o Refusal) bool { return o.Unknown && o.Do == r.Hint && verify.SameReason(o.Text, r.Found) })
	if len(r.Issues) == 0 && !repeated {
		m.risk(Refusal{Code: r.Code, Title: r.Title, Text: r.Found, Where: r.From, At: r.At, Do: r.Hint, Risk: r.Risk, Unknown: r.Status == verify.NotSeen})
	}
}

func (m *maker) staged() bool { return m.options.Staged || m.facts.Offline }

// Refuse adds reasons that were found after the plan was made. err is the error that came
// with the plan, nil or a *[RefusedError] among others.
func (p Plan) Refuse(err error, reasons []Refusal) (Plan, error) {
	if len(reasons) == 0 {
		return p, err
	}
	var refused *RefusedError
	if err != nil && !errors.As(err, &refused) {
		return p, err
	}
	all := &RefusedError{Goal: p.Goal}
	if refused != nil {
		all.Reasons = slices.Clone(refused.Reasons)
	}
	for _, r := range reasons {
		if len(p.Report.Results) > 0 {
			p.Report.Results = withRefusal(p.Report.Results, r)
		}
		if !slices.ContainsFunc(all.Reasons, func(o Refusal) bool { return o.Code == r.Code && o.Text == r.Text }) {
			all.Reasons = append(all.Reasons, r)
		}
	}
	return p, all
}
