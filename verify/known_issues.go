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

// harm is the worst known issue of what runs, and whether it bites now: some bite whenever the
// gate is on, others only while events drive the kubelet. An image bites when it boots.
func (v view) harm() (worst known.Issue, bites Holds) {
	on := v.turnedOn()
	if on == No {
		return known.Issue{}, No
	}
	bites = No
	for _, issue := range v.issues {
		if issue.Severity != known.Harmful || issue.StaticPods && !v.facts.Node.StaticPods.Seen {
			continue
		}
		now := v.stream.holds
		if issue.WithoutStream || v.facts.Offline {
			now = Yes
		}
		switch {
		case now == Yes && on == Yes:
			return issue, Yes
		case now != No && bites == No:
			worst, bites = issue, Unknown
		}
	}
	return worst, bites
}

// turnedOn reports whether kubelet and runtime run with it; for an image, whether they will.
func (v view) turnedOn() Holds {
	gate, events := loaded(v.gateRun, v.gateSet), loaded(v.sending, v.eventsSet)
	if v.facts.Offline {
		gate, events = v.gateSet.holds, v.eventsSet.holds
	}
	switch {
	case gate == Yes && events == Yes, v.stream.holds == Yes:
		return Yes
	case gate == No || events == No:
		return No
	}
	return Unknown
}

// loaded is what a daemon runs with. Where that was not seen, what is configured may be it.
func loaded(running, configured finding) Holds {
	if running.holds == Unknown && configured.holds != Yes {
		return No
	}
	return running.holds
}
