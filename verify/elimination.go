package verify

import (
	"fmt"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/known"
)

// streamByLog judges by the kubelet's log. Failures are always logged, success never is
// (below verbosity 4): so "up" is had by elimination only, and only from a log that is
// complete, with a runtime that sends events and has not restarted under the kubelet.
func streamByLog(f Facts, gate, events finding) finding {
	fact := f.Kubelet.Log
	if !fact.Seen {
		return finding{
			found: because("the kubelet's log could not be read", fact.Why),
			gap:   &Gap{"the kubelet's log", fact.Why, fact.Hint},
		}
	}
	run := fact.Value
	switch {
	case run.FellBack != nil && run.FellBack.Logged:
		return finding{holds: No, found: "the kubelet logged that it stopped retrying its event stream", from: fact.From, since: run.FellBack.At}
	case run.FellBack != nil:
		return finding{holds: No, inferred: true, found: fmt.Sprintf("the log shows %d failed event streams; a kubelet stops retrying after %d", run.Failed(), known.MaxStreamRetries), from: fact.From, since: run.FellBack.At}
	case run.Arrived() > 0 && run.Errors.SinceEvent == 0:
		return finding{holds: Yes, found: fmt.Sprintf("the log shows %d received events and no failure after the last", run.Arrived()), from: fact.From}
	}
	return eliminate(f, gate, events, run)
}

func eliminate(f Facts, gate, events finding, run *logscan.Run) finding {
	from := "by elimination: " + f.Kubelet.Log.From
	unknown := func(found, why, next string) finding {
		return finding{found: found, from: f.Kubelet.Log.From, gap: &Gap{"the event stream", why, next}}
	}
	access := accessHint(f)
	switch {
	case gate.holds != Yes:
		return unknown("the log shows no failed event stream, but it is not known that the running kubelet has the gate on", gate.found, access)
	case events.holds == No:
		return unknown("the runtime sends no container events, but the log shows no failed event stream", events.found, access)
	case events.holds != Yes:
		return unknown("the log shows no failed event stream, but it is not known that the runtime sends events", events.found, access)
	case run.WhyIncomplete() != "":
		return unknown("the log shows no failed event stream, but it is incomplete", run.WhyIncomplete(), access)
	}
	younger, certain := runtimeYounger(f)
	switch {
	case !certain:
		return unknown("the log shows no failed event stream, but it is not known whether the runtime restarted under the kubelet", "the start times of the two could not be compared", access)
	case younger:
		return unknown("the runtime is younger than the kubelet, which ends its event stream, but the log shows no failure", "the runtime restarted at "+stamp(f.Runtime.Process.Value.Start), "restart the kubelet, or "+access)
	case !settled(f):
		waiting := unknown("the kubelet started only just now", "a log without errors says nothing yet", "wait some seconds")
		waiting.waiting = "the kubelet has not been up for long enough to judge by its log"
		return waiting
	case run.Failed() > 0 && f.At.Sub(run.Errors.Last.Time) < settleTime:
		waiting := unknown("an event stream failed just now", run.Errors.First.Text, "wait some seconds")
		waiting.waiting = "an event stream failed just now"
		return waiting
	}
	found := "no failed event stream in the complete log of this run, the runtime is older than the kubelet and sends events"
	if run.Failed() > 0 {
		found = fmt.Sprintf("%d of %d tries failed in the complete log of this run, none of late; the runtime is older than the kubelet and sends events", run.Failed(), known.MaxStreamRetries)
	}
	return finding{holds: Yes, inferred: true, found: found, from: from}
}

// runtimeYounger: did the runtime start after the kubelet? The kubelet's stream does not
// survive that (kubernetes/kubernetes#129827).
func runtimeYounger(f Facts) (younger, certain bool) {
	k, r := f.Kubelet.Process, f.Runtime.Process
	if !k.Seen || !r.Seen {
		return false, false
	}
	younger = r.Value.Start.After(k.Value.Start)
	return younger, r.Value.Start.Sub(k.Value.Start).Abs() > k.Value.Slack+r.Value.Slack
}
