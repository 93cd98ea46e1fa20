package verify

import (
	"cmp"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/known"
)

// settleTime is how long after its start a kubelet has surely tried to open its event
// stream; before, a log without errors says nothing. It takes a second from its first look
// at the runtime, and a slow node takes some seconds until then.
const settleTime = 20 * time.Second

// streamUp: is the kubelet's event stream up now? The runtime's own view of its streams
// decides first where it shows none, then the kubelet's counters, then its log.
func streamUp(f Facts, gate, events finding) finding {
	if gate.holds == No {
		return finding{holds: No, found: "the running kubelet opens no event stream: " + gate.found, from: gate.from}
	}
	if f.Offline {
		return finding{found: "nothing runs here (--root)", gap: &Gap{"the event stream", "only files are there (--root)", "run plegctl on the node itself"}}
	}
	up := streamSeen(f, gate, events)
	if up.holds == Yes {
		return answering(f, up)
	}
	return up
}

// streamSeen weighs what the kubelet counts, what it logs and what the runtime shows.
func streamSeen(f Facts, gate, events finding) finding {
	counted := streamByMetrics(f)
	logged := streamByLog(f, gate, events)
	shown := streamByRuntime(f, gate)
	against := shown
	if events.holds == No && !events.inferred {
		against = events
	}
	switch {
	case counted.holds == Yes && against.holds == No:
		return finding{
			found: counted.found + ", but " + against.found, from: join(counted.from, against.from),
			gap: &Gap{"the event stream", "the kubelet's counters and what the runtime shows disagree", "restart the kubelet and verify again"},
		}
	case counted.holds != Unknown:
		return withLogTimes(f, counted)
	case logged.holds == No:
		return logged
	case f.Kubelet.Metrics.Seen && f.Kubelet.Metrics.Value.HasPLEG:
		// Counters that can be read and show no stream rule out elimination.
		return counted
	case shown.holds != Unknown:
		return shown
	case logged.holds == Yes:
		return logged
	}
	logged.found = join(counted.found, logged.found)
	logged.waiting = cmp.Or(logged.waiting, counted.waiting)
	return logged
}

// streamByMetrics reads the kubelet's counters. Successes alone prove nothing: a stream
// counts as a success before the runtime has answered (kubernetes v1.36.3 and v1.37.2,
// seen running: a runtime without events leaves 5 successes and 5 errors).
func streamByMetrics(f Facts) finding {
	fact := f.Kubelet.Metrics
	if !fact.Seen {
		waiting := ""
		if f.Kubelet.Process.Seen && !settled(f) {
			waiting = "the kubelet started only just now"
		}
		return finding{
			found: because("the kubelet's metrics could not be read", fact.Why), waiting: waiting,
			gap: &Gap{"the kubelet's metrics", fact.Why, fact.Hint},
		}
	}
	m := fact.Value
	if !m.HasPLEG {
		return finding{
			found: "this kubelet has no counters of its event streams",
			gap:   &Gap{"the kubelet's counters of event streams", "the kubelet has no such metrics (before 1.27)", "upgrade the kubelet to 1.27 or later"},
		}
	}
	streams := "streams"
	if m.Successes == 1 {
		streams = "stream"
	}
	counts := fmt.Sprintf("%d %s opened, %d failed", m.Successes, streams, m.Errors)
	switch {
	case m.Errors >= known.MaxStreamRetries:
		return finding{holds: No, found: fmt.Sprintf("%s: after %d failures the kubelet stops retrying until it is restarted", counts, known.MaxStreamRetries), from: fact.From}
	case m.Successes > m.Errors:
		return finding{holds: Yes, found: counts, from: fact.From}
	case m.Errors > 0 && sameErrorsBefore(f):
		// There is no pause between tries, so a count that stands still below five
		// means that the last try holds (kubernetes pkg/kubelet/pleg/evented.go).
		return finding{holds: Yes, inferred: true, found: counts + ", and no more have failed since the reading before", from: fact.From}
	case m.Errors > 0:
		return finding{found: counts, from: fact.From, waiting: "the kubelet is connecting"}
	}
	waiting := ""
	if p := f.Kubelet.Process; p.Seen && f.At.Sub(p.Value.Start) < 2*time.Minute {
		waiting = "the kubelet has not opened its event stream yet"
	}
	return finding{
		found: "the kubelet has not tried to open an event stream", from: fact.From, waiting: waiting,
		gap: &Gap{"the event stream", "the kubelet counts no try to open one", "wait until the kubelet reaches its runtime, see `plegctl logs`"},
	}
}

func sameErrorsBefore(f Facts) bool {
	before, now := f.Kubelet.Earlier, f.Kubelet.Metrics
	return before.Seen && before.Value.ProcessStart.Equal(now.Value.ProcessStart) &&
		before.Value.Errors == now.Value.Errors && now.Value.At.Sub(before.Value.At) >= 100*time.Millisecond
}

// withLogTimes adds to a stream that is gone since when, where the log tells.
func withLogTimes(f Facts, counted finding) finding {
	if counted.holds != No || !f.Kubelet.Log.Seen {
		return counted
	}
	counted.since = goneSince(f.Kubelet.Log.Value)
	return counted
}

func goneSince(run *logscan.Run) time.Time {
	if run.FellBack != nil {
		return run.FellBack.At
	}
	return run.Errors.Last.Time
}

// streamByRuntime reads what the runtime itself shows of its streams (CRI-O 1.32 and
// later, /debug/goroutines). It cannot tell whose a stream is.
func streamByRuntime(f Facts, gate finding) finding {
	s := f.Runtime.Streams
	switch {
	case !s.Seen:
		return finding{found: "the runtime does not show its open streams"}
	case s.Value > 0:
		if gate.holds != Yes {
			return finding{found: fmt.Sprintf("the runtime shows %d open event stream(s), but it is not known whose", s.Value), from: s.From}
		}
		return finding{holds: Yes, inferred: true, found: fmt.Sprintf("the runtime shows %d open event stream(s), and the running kubelet has the gate on", s.Value), from: s.From}
	case gate.holds != Yes:
		return finding{found: "the runtime shows no open event stream", from: s.From}
	case !settled(f):
		return finding{found: "the runtime shows no open event stream yet", from: s.From, waiting: "the kubelet has not opened its event stream yet"}
	}
	return finding{holds: No, found: "the runtime shows no open event stream", from: s.From}
}

func settled(f Facts) bool {
	p := f.Kubelet.Process
	return p.Seen && f.At.Sub(p.Value.Start) >= settleTime
}
