package verify

import "fmt"

// delivering: do container events reach the kubelet over the stream that is up?
func delivering(f Facts, stream finding) finding {
	if stream.holds == No {
		return finding{holds: No, found: "no event stream is up", from: stream.from}
	}
	counted := deliveringByMetrics(f, stream)
	if counted.holds == Yes {
		return answering(f, counted)
	}
	l := f.Kubelet.Log
	if stream.holds == Yes && l.Seen && l.Value.Arrived() > 0 && l.Value.Errors.SinceEvent == 0 {
		return finding{holds: Yes, found: fmt.Sprintf("the log shows %d received events, the last at %s", l.Value.Arrived(), stamp(l.Value.Events.Last)), from: l.From}
	}
	return counted
}

func deliveringByMetrics(f Facts, stream finding) finding {
	fact := f.Kubelet.Metrics
	if !fact.Seen || !fact.Value.HasPLEG {
		return finding{
			found: "the kubelet's event counter could not be read",
			gap:   &Gap{"the kubelet's event counter", fact.Why, fact.Hint},
		}
	}
	m, before := fact.Value, f.Kubelet.Earlier
	if before.Seen && before.Value.ProcessStart.Equal(m.ProcessStart) && m.Events > before.Value.Events {
		return finding{
			holds: Yes, from: fact.From,
			found: fmt.Sprintf("the kubelet counted %d events in %s", m.Events-before.Value.Events, m.At.Sub(before.Value.At).Round(100*1e6)),
		}
	}
	// Without a failed stream there was only one since the kubelet's start, so what was
	// counted came over the one that is up.
	if stream.holds == Yes && m.Events > 0 && m.Errors == 0 {
		return finding{holds: Yes, found: fmt.Sprintf("the kubelet counted %d events since its start, over this stream", m.Events), from: fact.From}
	}
	if stream.holds != Yes && m.Events > 0 {
		return finding{found: fmt.Sprintf("the kubelet counted %d events since its start; whether they still come is not known", m.Events), from: fact.From}
	}
	return finding{
		found: "no event has arrived yet", from: fact.From,
		waiting: "no container event has arrived yet",
	}
}

// StimulusEvents is how many events with a sandbox status every runtime sends for a pod
// sandbox that is run, stopped and removed: STARTED and STOPPED (containerd sends CREATED
// and DELETED too: v2.3.4 internal/cri/server/sandbox_run.go; CRI-O does not: v1.36.3
// server/server.go). Fewer are not ours, or ours got lost.
const StimulusEvents = 2

// proven: were the events that we caused on purpose counted by the kubelet?
func proven(f Facts) finding {
	s := f.Stimulus
	if !s.Seen {
		return finding{found: join("no pod sandbox was run to prove it", s.Why), waiting: ""}
	}
	took := s.Value.End.Sub(s.Value.Begin).Round(1e6)
	switch {
	case s.Value.Counted.Seen && s.Value.Counted.Value >= StimulusEvents:
		return finding{
			holds: Yes, from: s.Value.Counted.From,
			found: fmt.Sprintf("a pod sandbox was run and removed, and the kubelet counted %d events within %s", s.Value.Counted.Value, took),
		}
	case s.Value.Counted.Seen:
		return finding{holds: No, found: fmt.Sprintf("a pod sandbox was run and removed, which makes %d events or more, and the kubelet counted %d within %s", StimulusEvents, s.Value.Counted.Value, took), from: s.Value.Counted.From}
	case Is(s.Value.Streamed, true) && Is(s.Value.Logged, true):
		return finding{
			holds: Yes, inferred: true, from: join(s.Value.Streamed.From, s.Value.Logged.From),
			found: "the kubelet's counter could not be read; the runtime sent the events of our pod sandbox, and the kubelet's log shows a received event at that time",
		}
	}
	return finding{
		found: "a pod sandbox was run and removed, but the kubelet's counter could not be read", from: s.From,
		gap: &Gap{"the kubelet's event counter", s.Value.Counted.Why, accessHint(f)},
	}
}
