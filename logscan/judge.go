package logscan

import (
	"fmt"
	"strings"
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

// judged is the run with its verdict. What was seen decides; what was not seen never does.
func (t *track) judged() Run {
	r := t.Run
	r.Gate = t.gate()
	if t.FellBack != nil {
		fell := *t.FellBack
		fell.Cause = r.cause()
		r.FellBack = &fell
	}
	r.State, r.Reason = r.judge()
	r.Limits = r.limits()
	return r
}

// gate weighs what was seen of the gate: listings of the gates in force, then the flag,
// then what only a kubelet with the gate on can say.
func (t *track) gate() Gate {
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
	if !noVersion(t.Version) && !known.KubeletAt(t.Version).GateExists() {
		return Gate{Value: GateOff, How: "this kubelet has no such gate"}
	}
	return Gate{How: "not in the log"}
}

// usesStream: the kubelet opened event streams, which it does with the gate on only
// (pkg/kubelet/kubelet.go, NewMainKubelet and Run).
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

func (r *Run) judge() (State, string) {
	if r.End != nil && r.End.Gates {
		return StateInconclusive, "the kubelet did not start, because it refuses its feature gates: " + r.End.Text
	}
	if r.FellBack != nil {
		said := fmt.Sprintf("%d event streams failed, and the kubelet gives up after %d", r.Failed(), known.MaxStreamRetries)
		if r.FellBack.Logged {
			said = "the kubelet says that it gave up its event stream"
		}
		return StateFellBack, said + ": " + r.FellBack.Cause
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

// unclear says why nothing can be concluded.
func (r *Run) unclear() string {
	switch {
	case r.Failed() > 0:
		return fmt.Sprintf("%d of %d event streams failed, and the log does not show whether the next one holds", r.Failed(), known.MaxStreamRetries)
	case r.End != nil:
		return "the kubelet ended: " + r.End.Text
	case r.Gate.Value == GateUnknown && r.Gate.How == "not in the log":
		return "the log does not show the gate" + r.whyNoGate()
	case r.Gate.Value == GateUnknown:
		return "the log does not tell whether the gate is on: " + r.Gate.How
	case r.Verbosity.Level >= 4:
		return "the gate is on and no event stream failed, but no container event arrived either while the log was written"
	}
	return "the gate is on and no failed event stream is in the log; that it works is logged at verbosity 4 and above only"
}

func (r *Run) whyNoGate() string {
	switch {
	case noVersion(r.Version):
		return ", nor which kubelet this is"
	case known.KubeletAt(r.Version).ShowsEffectiveConfig:
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
	never := strings.HasPrefix(e.First.Text, "GetContainerEvents failed") && r.Arrived() == 0
	switch {
	case e.Count == 0:
		return "the log does not show why"
	case e.Unimplemented > 0:
		return "the runtime has no container events (Unimplemented); it is too old"
	case e.Closed == e.Count && r.Runtime != "" && r.Runtime != string(known.CRIO):
		return "the runtime ended every stream at once"
	case e.Closed == e.Count:
		return "the runtime ended every stream at once, as CRI-O does with enable_pod_events off"
	case e.Unavailable > 0 && never:
		return "the runtime did not answer"
	case e.Unavailable > 0:
		return "the runtime stopped or restarted at " + stamp(e.First.Time) + ", and all tries were used up before it was back"
	}
	return e.First.Text
}

// limits are what the log cannot say.
func (r *Run) limits() []string {
	var l []string
	v := r.Version
	switch {
	case noVersion(v):
		l = append(l, "The version of the kubelet is not in the log, so its messages are read as those of any version.")
	case known.NewestKubelet().MinorLess(v.Major, v.Minor):
		l = append(l, "This kubelet is newer than those that were studied ("+known.NewestKubelet().String()+"); it may say things in other words.")
	}
	if !r.StartSeen {
		l = append(l, "The log does not reach back to the start of this kubelet: event streams that failed before are not in it.")
	}
	if r.Suppressed > 0 {
		l = append(l, fmt.Sprintf("journald dropped %s of this kubelet (rate limit), which may have been any.", count(r.Suppressed, "message")))
	}
	if r.State == StateOff {
		return l
	}
	if !noVersion(v) && r.Gate.Value == GateUnknown && !known.KubeletAt(v).ShowsEffectiveConfig && r.Verbosity.Level < 1 {
		l = append(l, "At verbosity 0 kubelets before 1.37 do not log their feature gates.")
	}
	if r.Verbosity.Level < 4 && r.State == StateInconclusive {
		l = append(l, "Below verbosity 4 no kubelet logs that container events arrive; failed event streams are logged at every verbosity.")
	}
	if r.State != StateFellBack {
		l = append(l, "A stream that hangs without an end is in no log.")
	}
	return l
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "a time that is not logged"
	}
	return t.Format("2006-01-02T15:04:05.000Z07:00")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
