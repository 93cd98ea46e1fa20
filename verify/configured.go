package verify

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

const (
	noPlace        = "no source sets the gate"
	runtimeUnknown = "the container runtime's name and version"
)

// gateConfigured: is the gate on in the effective kubelet configuration?
func gateConfigured(f Facts) finding {
	gate := f.Kubelet.Gate
	if !gate.Known {
		return finding{
			found: because("the kubelet's configuration could not be read", gate.Reason),
			gap:   &Gap{"the kubelet's effective feature gates", gate.Reason, gate.Hint},
		}
	}
	word := "off"
	if gate.Value {
		word = "on"
	}
	from := gate.At.String()
	if !gate.Explicit() && !gate.Value {
		return finding{holds: No, found: noPlace, from: from}
	}
	return finding{holds: holds(gate.Value), found: "gate " + word + " at " + from, from: from}
}

// eventsConfigured: does the configuration make the runtime send container events?
func eventsConfigured(f Facts) finding {
	r := f.Runtime
	if v := versionSupport(f); v.holds == No {
		return v
	}
	if source.Is(r.CRIDisabled, true) {
		from := r.CRIDisabled.At.String()
		return finding{holds: No, found: "the CRI plugin is switched off at " + from, from: from}
	}
	if !needsSwitch(f) {
		return versionSupport(f)
	}
	if !r.Events.Known {
		return finding{
			found: because("the runtime's configuration could not be read", r.Events.Reason),
			gap:   &Gap{"the runtime's configured pod events", r.Events.Reason, r.Events.Hint},
		}
	}
	word := "off"
	if r.Events.Value {
		word = "on"
	}
	from := r.Events.At.String()
	if !r.Events.Explicit() && !r.Events.Value {
		return finding{holds: No, found: "no source turns the runtime's pod events on", from: from}
	}
	return finding{holds: holds(r.Events.Value), found: "pod events " + word + " at " + from, from: from}
}

// versionSupport: does this runtime version send container events at all? For a runtime
// without a switch (containerd) this is the whole answer.
func versionSupport(f Facts) finding {
	name, version := f.Runtime.Name, f.Runtime.Version
	if !name.Seen || !version.Seen {
		why, hint := name.Why, name.Hint
		if name.Seen {
			why, hint = version.Why, version.Hint
		}
		return finding{
			found: because("the runtime and its version are not known", why),
			gap:   &Gap{runtimeUnknown, why, hint},
		}
	}
	who := fmt.Sprintf("%s %s", name.Value, version.Value)
	switch known.RuntimeAt(name.Value, version.Value).Events {
	case known.EventsNone:
		return finding{holds: No, found: who + " cannot send container events", from: version.From}
	case known.EventsShared, known.EventsBroadcast:
		return finding{holds: Yes, found: who + " sends container events", from: version.From}
	}
	return finding{
		found: fmt.Sprintf("it is not known whether %s sends container events", who), from: version.From,
		gap: &Gap{"whether this runtime sends container events", who + " is not in plegctl's table", "use containerd or CRI-O"},
	}
}

func needsSwitch(f Facts) bool {
	r := f.Runtime
	return r.Name.Seen && (known.RuntimeAt(r.Name.Value, r.Version.Value).NeedsSwitch || r.Inputs.KnowsPodEvents)
}
