package verify

import "github.com/plegctl/plegctl/verify/known"

// RiskUnknownVersions is the risk of a change where a version is not known, so that known
// harm cannot be ruled out.
const RiskUnknownVersions = "unknown-versions"

// Issues returns the known issues of this kubelet and this runtime, for the pods that are here.
func Issues(f Facts) []known.Issue {
	if !f.Kubelet.Version.Seen {
		return nil
	}
	var found []known.Issue
	for _, issue := range known.Issues(known.KubeletAt(f.Kubelet.Version.Value), known.RuntimeAt(f.Runtime.Name.Value, f.Runtime.Version.Value)) {
		if issue.StaticPods && f.Node.StaticPods.Seen && len(f.Node.StaticPods.Value) == 0 {
			continue
		}
		found = append(found, issue)
	}
	return found
}

// harm is the worst known issue that bites in the present situation, if any: some bite
// whenever the gate is on, others only while events drive the kubelet.
func (v view) harm() (known.Issue, bool) {
	on := v.gateRun.holds == Yes || v.gateRun.holds == Unknown && v.gateSet.holds == Yes
	sends := v.sending.holds == Yes || v.sending.holds == Unknown && v.eventsSet.holds == Yes
	if !on || !sends {
		return known.Issue{}, false
	}
	for _, issue := range Issues(v.facts) {
		if issue.Severity != known.Harmful {
			continue
		}
		if issue.StaticPods && !v.facts.Node.StaticPods.Seen {
			continue
		}
		if v.stream.holds != No || issue.WithoutStream {
			return issue, true
		}
	}
	return known.Issue{}, false
}
