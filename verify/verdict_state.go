package verify

import (
	"cmp"
	"fmt"

	"github.com/plegctl/plegctl/verify/source"
)

// state decides from the answers, most severe first.
func (v view) state() (State, string, string) {
	if noKubelet(v.facts) {
		unit, process := v.facts.Kubelet.Unit.Value.Name, v.facts.Kubelet.Process
		hint := "name the unit with --kubelet-unit UNIT, or use --root DIR for an image"
		if unit != "kubelet.service" {
			hint = "systemctl list-units --type=service shows the units of this node"
		}
		return StateInconclusive, "no kubelet found on this node: " + unit + " does not exist, and " + cmp.Or(process.Why, "no kubelet is running"), hint
	}
	issue, bites := v.harm()
	if bites == Yes {
		return StateHarmful, issue.Title, issue.Advice
	}
	if reason, hint, is := broken(v.facts); is {
		return StateBroken, reason, hint
	}
	state, reason, hint := v.byGate()
	if bites == Unknown {
		reason += fmt.Sprintf("; while Evented PLEG runs, %s (%s)", issue.Title, issue.Code)
	}
	if bites == Unknown && state == StateRestartPending {
		hint = issue.Advice // a restart would turn it on
	}
	return state, reason, hint
}

// byGate decides by the gate of the running kubelet.
func (v view) byGate() (State, string, string) {
	switch v.gateRun.holds {
	case Yes:
		return v.stateOn()
	case No:
		return v.stateOff()
	}
	return v.stateUnknown()
}

// stateOn: the running kubelet has the gate on.
func (v view) stateOn() (State, string, string) {
	const restart = "plan the restart, or take the change back: `plegctl plan`"
	switch {
	case v.stream.holds == No:
		return StateFellBack, v.cause(), v.cure()
	case v.stream.holds == Yes && v.gateSet.holds == No:
		return StateRestartPending, "it works now, but the files have the gate off: it ends with the next restart of the kubelet", restart
	case v.stream.holds == Yes && v.eventsSet.holds == No:
		return StateRestartPending, "it works now, but the runtime's files have its events off: it ends with the next restart of the runtime", restart
	case v.stream.holds == Yes && len(v.unruled()) > 0:
		missing := v.unruled()[0]
		return StateInconclusive, "the event stream is up, but a combination that breaks pods cannot be ruled out without " + missing.What, missing.Hint
	case v.stream.holds == Yes:
		return StateWorks, v.worksBecause(), ""
	case v.eventsSet.holds == No && v.sending.holds != Yes:
		return StateHalf, "the kubelet has the gate on, but no runtime sends events: " + v.eventsSet.found, "`plegctl plan` shows what is missing"
	case v.gateSet.holds == No:
		return StateRestartPending, "the files have the gate off, and the running kubelet still has it on", "restart the kubelet"
	}
	return StateInconclusive, "the gate is on, but whether the event stream is up could not be seen: " + v.stream.found, v.gapHint()
}

// stateOff: the running kubelet has the gate off, or no kubelet runs.
func (v view) stateOff() (State, string, string) {
	switch {
	case v.gateSet.holds == Unknown:
		return StateInconclusive, "the running kubelet has the gate off; " + v.gateSet.found, v.gapHint()
	case v.gateSet.holds == Yes && v.eventsSet.holds == No:
		return StateHalf, "the gate is configured, but no runtime sends events: " + v.eventsSet.found, "`plegctl plan` shows what is missing"
	case v.gateSet.holds == Yes:
		return StateRestartPending, "configured, but the running kubelet has the gate off: " + v.gateRun.from, "restart the kubelet"
	case v.strayEvents():
		return StateHalf, "the runtime's events are on, but the gate is off: " + v.gateSet.found, "`plegctl plan` shows what is missing"
	}
	return StateOff, offBecause(v.gateSet.found), ""
}

// strayEvents: somebody turned a runtime's events on that are off unless asked for.
func (v view) strayEvents() bool {
	return needsSwitch(v.facts) && (source.Is(v.facts.Runtime.Events, true) || v.sending.holds == Yes)
}

// stateUnknown: what the running kubelet has could not be read, or nothing runs (--root).
func (v view) stateUnknown() (State, string, string) {
	switch {
	case v.gateSet.holds == Unknown:
		return StateInconclusive, v.gateSet.found, v.gapHint()
	case v.gateSet.holds == Yes && v.eventsSet.holds == No:
		return StateHalf, "the gate is configured, but no runtime sends events: " + v.eventsSet.found, "`plegctl plan` shows what is missing"
	case v.gateSet.holds == Yes && v.eventsSet.holds == Unknown:
		return StateInconclusive, "the gate is configured; " + v.eventsSet.found, v.gapHint()
	case v.facts.Offline && v.gateSet.holds == Yes:
		return StateRestartPending, "configured for the next boot", ""
	case v.facts.Offline && v.strayEvents():
		return StateHalf, "the runtime's events are on, but the gate is off: " + v.gateSet.found, "`plegctl plan` shows what is missing"
	case v.facts.Offline:
		return StateOff, offBecause(v.gateSet.found), ""
	case v.gateSet.holds == Yes && v.changedLater():
		return StateRestartPending, "configured, but the kubelet started before its configuration changed", "restart the kubelet"
	}
	return StateInconclusive, v.gateRun.found, v.gapHint()
}

func offBecause(found string) string {
	if found == noPlace {
		return found
	}
	return "the " + found
}

func (v view) changedLater() bool {
	after, ok := startedAfterChange(v.facts.Kubelet.Process, v.facts.Kubelet.Changed)
	return ok && !after
}

func (v view) worksBecause() string {
	if v.delivering.holds == Yes {
		return "the event stream is up and delivers: " + v.delivering.found
	}
	if v.stream.inferred {
		return "the event stream is up by elimination: " + v.stream.found
	}
	return "the event stream is up: " + v.stream.found
}

func (v view) gapHint() string {
	for _, gap := range v.gaps(StateInconclusive) {
		if gap.Hint != "" {
			return gap.Hint
		}
	}
	return ""
}

// cause says why a stream is gone, as far as it was seen.
func (v view) cause() string {
	younger, certain := runtimeYounger(v.facts)
	switch {
	case v.sending.holds == No && v.eventsSet.holds == Yes:
		return "the runtime's files have its events on, but the running runtime has not: " + v.sending.found
	case v.sending.holds == No:
		return v.sending.found
	case younger && certain:
		return fmt.Sprintf("the runtime restarted at %s, after the kubelet's start, and %s", stamp(v.facts.Runtime.Process.Value.Start), v.stream.found)
	case !v.facts.Kubelet.Log.Seen || v.facts.Kubelet.Log.Value.Errors.Count == 0:
		return v.stream.found
	}
	errors := v.facts.Kubelet.Log.Value.Errors
	if errors.Unimplemented > 0 {
		return "the runtime does not support container events: " + errors.First.Text
	}
	return v.stream.found + "; the first error: " + errors.First.Text
}

func (v view) cure() string {
	switch {
	case v.sending.holds == No && v.eventsSet.holds == Yes:
		return "restart the runtime, then the kubelet"
	case v.sending.holds == No:
		return "`plegctl plan` shows what is missing, or turn the gate off: `plegctl disable`"
	case v.facts.Kubelet.Log.Seen && v.facts.Kubelet.Log.Value.Errors.Unimplemented > 0:
		return "turn the gate off: `plegctl disable`; a restart of the kubelet leads here again"
	}
	hint := "restart the kubelet"
	if unit := v.facts.Kubelet.Unit; unit.Seen {
		hint = "`systemctl restart " + unit.Value.Name + "`"
	}
	hint += ": it does not come back by itself"
	if younger, certain := runtimeYounger(v.facts); younger && certain && !Is(v.facts.Own.Coupled, true) {
		hint += "; `plegctl couple` restarts it after the runtime from now on"
	}
	return hint
}
