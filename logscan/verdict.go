package logscan

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
)

// Report returns what the entries so far mean. It may be called again and again.
func (s *Scanner) Report() Report {
	r := Report{State: StateInconclusive, Older: s.older, First: s.first, Last: s.end, Ignored: s.ignored}
	for _, t := range s.runs {
		r.Runs = append(r.Runs, t.verdict())
	}
	current := r.Current()
	switch {
	case current != nil:
		r.State, r.Reason = current.State, current.Reason
		if text := current.ending(); text != "" {
			r.State, r.Reason = StateEnded, text
		} else if last := s.runs[len(s.runs)-1]; last.after != "" && last.PID == 0 {
			r.State, r.Reason = StateEnded, "systemd starts the kubelet again; before, "+last.after
		} else if other := s.overlap(); other != 0 && r.State == StateWorks {
			r.State, r.Reason = StateInconclusive, fmt.Sprintf("processes %d and %d log as the kubelet at the same time", other, current.PID)
		}
		if r.First.IsZero() {
			r.First = r.Runs[0].First
		}
		if r.Last.IsZero() {
			r.Last = current.Last
		}
	case s.entries == 0:
		r.Reason = "the log is empty"
	case s.ignored > 0:
		r.Reason = "the log contains no record of the kubelet's own; " + count(s.ignored, "message") + " of other programs or users are not counted"
	default:
		r.Reason = "the log contains no message that shows anything of Evented PLEG"
	}
	return r
}

// overlap is the process of an earlier run that logged after the last run began, 0 if none
// did: on one node that cannot be. Invocations of systemd are distinct without doubt.
func (s *Scanner) overlap() int {
	last := s.runs[len(s.runs)-1]
	for _, t := range s.runs[:len(s.runs)-1] {
		if last.Invocation == "" && t.lastEntry > last.began {
			return t.PID
		}
	}
	return 0
}

// verdict is the run with its state. What was seen decides; what was not seen never does.
func (t *runState) verdict() Run {
	r := t.Run
	r.Gate = t.gate()
	if t.FellBack != nil {
		fell := *t.FellBack
		fell.Cause = r.cause()
		r.FellBack = &fell
	}
	r.State, r.Reason = r.judge()
	if r.State == StateWorks && t.follows && !r.StartSeen && r.Invocation == "" {
		r.State, r.Reason = StateInconclusive, fmt.Sprintf("process %d logs as the kubelet, but its start is not in the log", r.PID)
	}
	r.Limits = r.limits()
	return r
}

// gate weighs what was seen of the gate: listings of the gates in force, then the flag,
// then what only a kubelet with the gate on logs.
func (t *runState) gate() Gate {
	if t.listing != nil {
		value, how := t.listing.of(t.Version)
		if value != GateUnknown || t.flag == nil {
			return Gate{value, how, t.listed}
		}
	}
	if t.flag != nil {
		// A flag wins over files (cmd/kubelet/app/server.go, kubeletConfigFlagPrecedence).
		value, how := t.flag.of(t.Version)
		return Gate{value, how + " by flag", t.flagged}
	}
	if t.usesStream() {
		return Gate{Value: GateOn, How: "only a kubelet with the gate on reads container events"}
	}
	if t.shows.Kind != KindNone {
		return Gate{GateOn, "only a kubelet with the gate on checks the health of Evented PLEG", t.shows}
	}
	if !noVersion(t.Version) && !known.KubeletAt(t.Version).GateExists() {
		return Gate{Value: GateOff, How: "this kubelet has no such gate"}
	}
	return Gate{How: notLogged}
}

const notLogged = "not in the log"

// usesStream reports whether the kubelet opened event streams, which it does with the gate
// on only (pkg/kubelet/kubelet.go, NewMainKubelet and Run).
func (r *Run) usesStream() bool {
	return r.Arrived() > 0 || r.Failed() > 0 || r.FellBack != nil
}

// Arrived is how many container events came at least, as far as the log shows.
func (r *Run) Arrived() int {
	if r.Events.Count > 0 {
		return r.Events.Count
	}
	return r.Events.Handled
}

// Failed is how many event streams failed at least: the CRI client and Evented PLEG each
// log every one, the latter at verbosity 4 only.
func (r *Run) Failed() int { return max(r.Errors.Count, r.Retries) }

// ending describes how the run ended; "" where the log does not show that it did.
func (r *Run) ending() string {
	switch {
	case r.End != nil && r.End.Gates:
		return "the kubelet did not start, because it refuses its feature gates: " + r.End.Text
	case r.End != nil:
		return "the kubelet failed: " + r.End.Text
	case r.Exit != "":
		return "the kubelet ended at " + stamp(r.ExitAt) + ": " + r.Exit
	}
	return ""
}

func (r *Run) judge() (State, string) {
	if r.FellBack != nil {
		reason := fmt.Sprintf("%d event streams failed, and a kubelet stops retrying after %d", r.Failed(), known.MaxStreamRetries)
		if r.FellBack.Logged {
			reason = "the kubelet logged that it stopped retrying its event stream"
		}
		return StateFellBack, reason + ": " + r.FellBack.Cause
	}
	gate := r.Gate.Value
	if gate == GateOff && r.usesStream() {
		return StateInconclusive, "the log contradicts itself: it shows the gate off, and container events or event streams all the same"
	}
	if r.Arrived() > 0 && r.Errors.SinceEvent == 0 {
		return StateWorks, fmt.Sprintf("%s arrived over the event stream, the last at %s, and no stream failed since", count(r.Arrived(), "container event"), stamp(r.Events.Last))
	}
	if gate == GateOff {
		return StateOff, "the gate is off: " + r.Gate.How
	}
	return StateInconclusive, r.unclear()
}

// unclear is why nothing can be concluded.
func (r *Run) unclear() string {
	switch {
	case r.Failed() > 0:
		return fmt.Sprintf("%d of %d event streams failed, and the log does not show whether the next one holds", r.Failed(), known.MaxStreamRetries)
	case r.ending() != "":
		return r.ending()
	case r.Gate.Value == GateUnknown && r.Gate.How == notLogged:
		return "the log does not show the gate" + r.whyNoGate()
	case r.Gate.Value == GateUnknown:
		return "the log does not show whether the gate is on: " + r.Gate.How
	case r.damaged():
		return "the gate is on, but the log is not whole, so failed event streams may be missing: " + r.damage()
	case logged(KindEvent, r.Version, r.Verbosity.Level):
		return "the gate is on and no event stream failed, but no container event arrived either while the log was written"
	}
	return "the gate is on and no failed event stream is in the log; that it works is logged at verbosity 4 and above only"
}

func (r *Run) whyNoGate() string {
	switch {
	case r.damaged():
		return ": " + r.damage()
	case noVersion(r.Version):
		return ", nor which kubelet this is"
	case logged(KindConfig, r.Version, 0):
		return ": its beginning, where this kubelet shows it, is missing"
	case !r.StartSeen:
		return ": its beginning, where the kubelet shows it at verbosity 1 and above, is missing"
	}
	return ": kubelets before 1.37 show it at verbosity 1 and above only"
}

// cause is what most likely ended the stream. A kubelet whose stream broke names the broken
// stream first; one that never had any begins with a stream it could not get.
func (r *Run) cause() string {
	e := r.Errors
	runtime, listed := known.RuntimeInfoOf(known.RuntimeName(r.Runtime))
	switch {
	case e.Count == 0:
		return "the log does not show why"
	case e.Unimplemented > 0:
		return "the runtime does not support container events (Unimplemented); it is too old"
	case e.Closed == e.Count && listed && !runtime.HasSwitch():
		return "the runtime ended every stream at once"
	case e.Closed == e.Count:
		return "the runtime ended every stream at once, as CRI-O does while its pod events are off"
	case e.Unavailable > 0 && e.First.Detail == NeverOpened && r.Arrived() == 0:
		return "the runtime did not answer"
	case e.Unavailable > 0:
		return "the runtime stopped or restarted at " + stamp(e.First.Time) + ", and all retries failed before it was back"
	}
	return e.First.Text
}
