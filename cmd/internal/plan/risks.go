package plan

import (
	"fmt"
	"slices"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/platform"
)

// Risks that are not in the table of known issues.
const (
	// RiskPlatform: another program owns the files and will undo the change.
	RiskPlatform = "platform-managed"
	// RiskUnknown: versions are not known, so known harm cannot be ruled out.
	RiskUnknown = verify.RiskUnknownVersions
)

// maker collects a plan and what stands in its way.
type maker struct {
	facts   verify.Facts
	options Options
	plan    Plan
	reasons []Refusal
	files   []Step
}

func (m *maker) refuse(r Refusal) { m.reasons = append(m.reasons, r) }

func (m *maker) note(format string, args ...any) {
	m.plan.Notes = append(m.plan.Notes, fmt.Sprintf(format, args...))
}

// risk refuses unless the operator accepted it by name, which goes into the record.
func (m *maker) risk(r Refusal) {
	if r.Risk == "" || !m.options.accepts(r.Risk) {
		m.refuse(r)
		return
	}
	if !slices.Contains(m.plan.Accepted, r.Risk) {
		m.note("risk accepted: %s (plegctl explain %s)", r.Risk, r.Code)
		m.plan.Accepted = append(m.plan.Accepted, r.Risk)
	}
}

// cautions notes the known weaknesses of this combination, one line each.
func (m *maker) cautions() {
	for _, issue := range verify.Issues(m.facts) {
		if issue.Severity == known.Warn {
			m.note("%s (%s)", issue.Title, issue.Code)
		}
	}
}

// managed refuses to write where another program owns the files.
func (m *maker) managed() {
	for _, r := range verify.Run(verify.Checks(), m.facts, verify.Selection{Only: []string{"PLEG-NODE-PLATFORM"}}).Results {
		if r.Status == verify.Fail {
			m.reason(r)
		}
	}
}

// lasting tells of the page that says where the gate must be set too, on a node whose kubelet
// configuration kubeadm rewrites at its next upgrade.
func (m *maker) lasting() {
	if join := m.facts.Kubelet.Join; join.Seen {
		if join.Value != "" {
			m.note("it counts with: kubeadm join --patches %s", join.Value)
		}
		return
	}
	if p := m.facts.Node.Platform; p.Seen && p.Value.Name == platform.Kubeadm {
		m.note("`kubeadm upgrade node` rewrites config.yaml (plegctl explain kubeadm)")
	}
}
