package plan

import (
	"slices"

	"github.com/plegctl/plegctl/verify"
)

// preflight takes over what the required checks found to be wrong. What could not be seen
// stands in the way only where the plan itself needs it.
func (m *maker) preflight() {
	for _, c := range verify.Checks() {
		if c.Level != verify.Required || slices.Contains(notForPlans(), c.Code) || c.Live && m.staged() {
			continue
		}
		for _, r := range verify.Run([]verify.Check{c}, m.facts, verify.Selection{}).Results {
			known := slices.ContainsFunc(m.reasons, func(reason Refusal) bool { return reason.Code == r.Code })
			if r.Status == verify.Fail && !known {
				m.risk(Refusal{Code: r.Code, Text: "it does not hold that " + r.Title + ": " + r.Found, Where: r.From, Do: r.Hint, Risk: r.Risk})
			}
		}
	}
}

// notForPlans are checks that a change judges by itself, with the risks by name, or that
// say nothing to a run that holds the lock.
func notForPlans() []string {
	return []string{
		"PLEG-NODE-LOCK", "PLEG-NODE-OPEN", "PLEG-NODE-CONFIRM", "PLEG-NODE-DRIFT",
		"PLEG-NODE-COMBINATION", "PLEG-NODE-STATIC-PODS", "PLEG-NODE-PLATFORM",
		"PLEG-KUBELET-VERSION", "PLEG-KUBELET-GATE", "PLEG-RUNTIME-VERSION", "PLEG-RUNTIME-EVENTS",
	}
}

func (m *maker) staged() bool { return m.options.Staged || m.facts.Offline }
