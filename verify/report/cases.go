package report

import "github.com/plegctl/plegctl/verify"

// checkCases returns the cases of a report of checks. A report without a result has a
// failing one: a run in which nothing was checked must not look green.
func checkCases(r verify.Report) []Case {
	var cases []Case
	for _, one := range r.Results {
		details := "found: " + one.Found + "\nexpected: " + one.Expected
		if one.From != "" {
			details += "\nat: " + one.From
		}
		if one.Hint != "" {
			details += "\nnext: " + one.Hint
		}
		cases = append(cases, Case{
			Class: "plegctl.preflight", Name: one.Code, Status: one.Status, Advisory: one.Level == verify.Advisory,
			Message: one.Title + ": " + one.Found, Details: details,
		})
	}
	if len(cases) == 0 {
		cases = []Case{{Class: "plegctl.preflight", Name: "checks", Status: verify.Fail, Message: "no check ran, which proves nothing"}}
	}
	return cases
}

// ladderCases returns the rungs up to a level, and the state, as cases.
func ladderCases(v verify.Verdict, level verify.Rung, outcome verify.Outcome) []Case {
	var cases []Case
	for _, e := range v.Evidence {
		if e.Rung > level {
			break
		}
		status := verify.NotSeen
		switch {
		case e.Holds == verify.No:
			status = verify.Fail
		case e.Holds == verify.Yes, v.Rung > e.Rung:
			status = verify.Pass
		}
		cases = append(cases, Case{Class: "plegctl.verify", Name: e.Rung.String(), Status: status, Message: e.Found, Details: e.From})
	}
	return append(cases, Case{Class: "plegctl.verify", Name: "state", Status: outcomeStatus(outcome), Message: Headline(v), Details: v.Hint})
}

func outcomeStatus(o verify.Outcome) verify.Status {
	switch o {
	case verify.Reached:
		return verify.Pass
	case verify.Missed:
		return verify.Fail
	}
	return verify.NotSeen
}
