package verify

import (
	"slices"
	"time"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// Verdict is all that may be said about Evented PLEG on a node, and on what it stands.
type Verdict struct {
	// Rung is the highest rung that was seen.
	Rung  Rung
	State State
	// Offline reports whether only files were looked at (--root).
	Offline bool
	// Reason is the state in one sentence.
	Reason string
	// Hint is what to do next; may be empty.
	Hint string
	// Evidence has one entry a rung, lowest first.
	Evidence []Evidence
	// Gaps are facts that would have decided something and could not be read.
	Gaps []Gap
	// Issues are the known issues of this combination, worst first.
	Issues []known.Issue
	// Since is when the stream went away; zero where that was not seen.
	Since time.Time
	// Attention lists what needs a person, whatever the state is.
	Attention []Attention
	// Problems are those of the kubelet's and the runtime's configuration, fatal ones first.
	Problems []source.Problem
	// Waiting says what may still come without anybody doing anything; empty when
	// looking again changes nothing.
	Waiting []string

	// harmOpen reports whether a combination that breaks pods could not be ruled out: on a node
	// whose stream is up by its versions, else because it may be up.
	harmOpen bool
}

// view holds the answers that the state is made of.
type view struct {
	facts                                Facts
	issues                               []known.Issue
	gateSet, eventsSet, gateRun, sending finding
	stream, delivering, proven           finding
}

// Judge climbs the ladder over facts. It is the only place that decides a state.
func Judge(f Facts) Verdict {
	v := view{facts: f, issues: Issues(f)}
	v.gateSet, v.eventsSet = gateConfigured(f), eventsConfigured(f)
	v.gateRun, v.sending = gateLoaded(f), eventsLoaded(f)
	v.stream = streamUp(f, v.gateRun, v.sending)
	v.delivering = delivering(f, v.stream)
	v.proven = proven(f)
	rungs := []Evidence{
		both(v.gateSet, v.eventsSet).evidence(RungConfigured),
		both(v.gateRun, v.sending).evidence(RungLoaded),
		v.stream.evidence(RungConnected),
		v.delivering.evidence(RungDelivering),
		v.proven.evidence(RungProven),
	}
	verdict := Verdict{Offline: f.Offline, Evidence: rungs, Issues: v.issues, Since: v.stream.since, Attention: attention(f), Problems: f.Problems()}
	for _, e := range rungs {
		if e.Holds == Yes {
			verdict.Rung = e.Rung
		}
	}
	_, bites := v.harm()
	verdict.harmOpen = bites == Unknown || v.stream.holds == Yes && len(v.unruled()) > 0
	verdict.State, verdict.Reason, verdict.Hint = v.state()
	verdict.Gaps = v.gaps(verdict.State)
	for _, answer := range []finding{v.stream, v.delivering} {
		if answer.waiting != "" {
			verdict.Waiting = append(verdict.Waiting, answer.waiting)
		}
	}
	if !verdict.mayStillCome() {
		verdict.Waiting = nil
	}
	return verdict
}

// mayStillCome: only a node on its way up, or one that works, gets further by itself.
func (v Verdict) mayStillCome() bool {
	return v.State == StateInconclusive || v.State == StateWorks
}

// gaps lists what could not be read, each once. What a state that is certain did not need
// is left out.
func (v view) gaps(s State) []Gap {
	var found []Gap
	if s != StateInconclusive && s != StateWorks && s != StateHarmful {
		return nil
	}
	answers := []finding{v.gateSet, v.eventsSet, v.gateRun, v.sending, v.stream, v.delivering, v.proven}
	if v.facts.Offline {
		answers = answers[:2] // what nothing runs for is not missed
	}
	for _, answer := range answers {
		if answer.holds == Unknown && answer.gap != nil {
			found = append(found, *answer.gap)
		}
	}
	if !v.facts.Offline && (v.stream.holds == Yes || s != StateInconclusive) {
		found = append(found, v.unruled()...)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(found, func(g Gap) bool {
		again := seen[g.What]
		seen[g.What] = true
		return again
	})
}

// unruled are facts without which known harm could not be ruled out.
func (v view) unruled() []Gap {
	f := v.facts
	var found []Gap
	if !f.Kubelet.Version.Seen {
		found = append(found, Gap{"the kubelet's version", f.Kubelet.Version.Why, f.Kubelet.Version.Hint})
	}
	switch name, version := f.Runtime.Name, f.Runtime.Version; {
	case !name.Seen:
		found = append(found, Gap{runtimeUnknown, name.Why, name.Hint})
	case !version.Seen:
		found = append(found, Gap{"the runtime's version", version.Why, version.Hint})
	}
	for _, issue := range v.issues {
		if issue.StaticPods && !f.Node.StaticPods.Seen {
			found = append(found, Gap{"whether static pods run here (" + issue.Code + ")", f.Node.StaticPods.Why, f.Node.StaticPods.Hint})
		}
	}
	return found
}

// Of is the evidence for one rung.
func (v Verdict) Of(r Rung) Evidence {
	for _, e := range v.Evidence {
		if e.Rung == r {
			return e
		}
	}
	return Evidence{Rung: r}
}
