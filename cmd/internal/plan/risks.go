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
	// RiskPlatform: somebody else owns the files and will undo the change.
	RiskPlatform = "platform-managed"
	// RiskUnknown: versions are not known, so known harm cannot be ruled out.
	RiskUnknown = "unknown-versions"
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
	m.note("risk accepted (%s): %s", r.Risk, r.Text)
	if !slices.Contains(m.plan.Accepted, r.Risk) {
		m.plan.Accepted = append(m.plan.Accepted, r.Risk)
	}
}

// risks looks for what is known to go wrong with Evented PLEG on this node.
func (m *maker) risks() {
	f := m.facts
	if !f.Kubelet.Version.Seen {
		m.unknown("PLEG-KUBELET-VERSION", "the kubelet's version is not known", f.Kubelet.Version.Why, "--kubelet-version")
	}
	if f.Runtime.Name.Seen && !f.Runtime.Version.Seen {
		m.unknown("PLEG-RUNTIME-VERSION", "the runtime's version is not known", f.Runtime.Version.Why, "--runtime-version")
	}
	k := known.KubeletAt(f.Kubelet.Version.Value)
	r := known.RuntimeAt(f.Runtime.Name.Value, f.Runtime.Version.Value)
	for _, issue := range known.Issues(k, r) {
		m.issue(issue)
	}
}

// unknown: on a running node an unknown version could hide known harm. An image that lies
// in a folder breaks nothing before it boots, and is often built before versions are fixed.
func (m *maker) unknown(code, text, why, flag string) {
	if why != "" {
		text += " (" + why + ")"
	}
	if m.facts.Offline {
		m.note("%s: known issues of versions were not looked for; give it with %s", text, flag)
		return
	}
	m.risk(Refusal{Code: code, Text: text, Do: "give it with " + flag, Risk: RiskUnknown, Unknown: true})
}

func (m *maker) issue(issue known.Issue) {
	if issue.StaticPods {
		pods := m.facts.Node.StaticPods
		if pods.Seen && len(pods.Value) == 0 {
			return
		}
		if !pods.Seen {
			m.note("%s: %s; whether this node runs static pods could not be seen (%s)", issue.Code, issue.Title, pods.Why)
			return
		}
	}
	text := issue.Title
	if issue.Symptom != "" {
		text += " (" + issue.Symptom + ")"
	}
	switch issue.Severity {
	case known.Impossible:
		m.refuse(Refusal{Code: issue.Code, Text: text, Do: issue.Advice})
	case known.Harmful:
		m.risk(Refusal{Code: issue.Code, Text: text, Do: issue.Advice, Risk: issue.Risk})
	case known.Warn:
		m.note("%s: %s; %s", issue.Code, issue.Title, issue.Advice)
	case known.Note:
	}
}

// platform refuses to write where somebody else owns the files.
func (m *maker) platform() {
	p := m.facts.Node.Platform
	if !p.Seen {
		return
	}
	if !p.Value.Managed {
		m.lasting(p.Value.Name)
		return
	}
	m.risk(Refusal{
		Code: "PLEG-NODE-PLATFORM",
		Text: fmt.Sprintf("%s owns this node's configuration: %s", p.Value.Name, p.Value.Overwrites),
		Do:   p.Value.Instead, Risk: RiskPlatform,
	})
}

// lasting says where the gate must be written too, on a node whose kubelet configuration
// kubeadm writes anew at its next upgrade.
func (m *maker) lasting(name string) {
	if name != platform.Named(platform.Kubeadm).Title || m.plan.Goal != GoalEnable {
		return
	}
	for _, way := range platform.KubeadmLasting(m.facts.Kubelet.Version.Value, true) {
		where := way.Title
		if way.Path != "" {
			where += " (" + way.Path + ")"
		}
		m.note("to keep it over kubeadm upgrades, for %s: featureGates: {EventedPLEG: true} in %s; then: %s", way.Scope, where, way.Then)
	}
}
