package verify

import (
	"time"
)

const stampLayout = "15:04:05 MST"

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 " + stampLayout) }

// gateLoaded: does the running kubelet have the gate on?
func gateLoaded(f Facts) finding {
	if kubelet := daemons(f)[0]; kubelet.absent() {
		u := f.Kubelet.Unit
		return finding{holds: No, found: u.Value.Name + " is " + u.Value.state() + ": no kubelet runs", from: u.From}
	}
	for _, running := range f.Kubelet.Running {
		if running.Seen {
			return finding{holds: holds(running.Value), found: "the running kubelet has the gate " + onOff(running.Value), from: running.From, inferred: running.Inferred}
		}
	}
	after, ok := startedAfterChange(f.Kubelet.Process, f.Kubelet.Changed)
	gate := f.Kubelet.Gate
	switch {
	case ok && after && gate.Known:
		return finding{
			holds: holds(gate.Value), inferred: true, from: "process start against file times",
			found: "the kubelet started at " + stamp(f.Kubelet.Process.Value.Start) + ", after the last change of all that configures it, which has the gate " + onOff(gate.Value),
		}
	case ok && !after:
		return finding{
			found: "the kubelet's configuration changed at " + stamp(f.Kubelet.Changed.Value) + ", after the kubelet started; what it runs with could not be read",
			gap:   runningGap(f),
		}
	}
	return finding{found: "what the running kubelet has could not be read", gap: runningGap(f)}
}

// accessHint is what to do so that the kubelet's metrics can be read: about the credential
// that was given, where one was.
func accessHint(f Facts) string {
	for _, m := range f.Kubelet.AccessMethods {
		if m.Hint != "" && !m.OK {
			return m.Hint
		}
	}
	return "give a credential that may read the kubelet's metrics: --kubeconfig FILE or --token-file FILE"
}

func runningGap(f Facts) *Gap {
	gap := &Gap{
		What: "the gate of the running kubelet",
		Why:  "neither /configz nor /metrics could be read, and the log does not show it",
		Hint: accessHint(f),
	}
	if f.Offline {
		gap.Why, gap.Hint = "only files are there (--root)", "run plegctl on the node itself"
	}
	return gap
}

// startedAfterChange compares a process with the newest change of its configuration; ok is
// false where that is not known.
func startedAfterChange(p Fact[Process], changed Fact[time.Time]) (after, ok bool) {
	if !p.Seen || !changed.Seen {
		return false, false
	}
	return p.Value.StartedAfter(changed.Value)
}

// eventsLoaded: does the running runtime send container events?
func eventsLoaded(f Facts) finding {
	support := versionSupport(f)
	if support.holds == No {
		return support
	}
	for _, running := range f.Runtime.RunningEvents {
		if running.Seen {
			return finding{holds: holds(running.Value), found: "the running runtime has its container events " + onOff(running.Value), from: running.From, inferred: running.Inferred}
		}
	}
	if f.Offline {
		return finding{found: "no runtime runs here (--root)", gap: &Gap{"the running runtime", "only files are there (--root)", "run plegctl on the node itself"}}
	}
	if runtime := daemons(f)[1]; runtime.absent() {
		u := f.Runtime.Unit
		return finding{holds: No, found: u.Value.Name + " is " + u.Value.state() + ": no runtime runs", from: u.From}
	}
	if !needsSwitch(f) {
		return support
	}
	events := f.Runtime.Events
	if after, ok := startedAfterChange(f.Runtime.Process, f.Runtime.Changed); ok && after && events.Known {
		return finding{
			holds: holds(events.Value), inferred: true, from: "process start against file times",
			found: "the runtime started after the last change of its files, which have its pod events " + onOff(events.Value),
		}
	}
	return finding{
		found: "what the running runtime has could not be read",
		gap:   &Gap{"the pod events of the running runtime", firstWhy(f.Runtime.RunningEvents), "run plegctl as root, so that it may ask the runtime on its socket"},
	}
}

func firstWhy(facts []Fact[bool]) string {
	for _, fact := range facts {
		if fact.Why != "" {
			return fact.Why
		}
	}
	return "no source shows it"
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}
