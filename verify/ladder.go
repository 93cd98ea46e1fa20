package verify

import "fmt"

// Rung is a step of the evidence ladder. A higher rung implies the lower ones.
type Rung int

const (
	// RungNone means that not even the configuration has it on, or it could not be read.
	RungNone Rung = iota
	// RungConfigured means that the effective configuration, over all its sources, has the gate on
	// and the runtime's events on.
	RungConfigured
	// RungLoaded means that the running kubelet and the running runtime have it.
	RungLoaded
	// RungConnected means that the kubelet's event stream is up now.
	RungConnected
	// RungDelivering means that container events reach the kubelet.
	RungDelivering
	// RungProven means that an event that was caused on purpose was counted by the kubelet.
	RungProven
)

// String is the rung as reports and --level spell it.
func (r Rung) String() string {
	switch r {
	case RungConfigured:
		return "configured"
	case RungLoaded:
		return "loaded"
	case RungConnected:
		return "connected"
	case RungDelivering:
		return "delivering"
	case RungProven:
		return "proven"
	}
	return "none"
}

// Rungs lists the rungs that can be asked for, lowest first.
func Rungs() []Rung {
	return []Rung{RungConfigured, RungLoaded, RungConnected, RungDelivering, RungProven}
}

// ParseRung reads a rung by its name.
func ParseRung(s string) (Rung, error) {
	for _, r := range Rungs() {
		if r.String() == s {
			return r, nil
		}
	}
	return RungNone, fmt.Errorf("unknown level %q", s)
}

// State is what all evidence together says of the node.
type State string

const (
	// StateOff means that the gate is off, and nothing else is half done.
	StateOff State = "off"
	// StateHalf means that only one side is configured.
	StateHalf State = "half"
	// StateRestartPending means that it is configured, but a running process does not have it yet.
	StateRestartPending State = "restart-pending"
	// StateWorks means that at least RungConnected was seen, and nothing speaks against it.
	StateWorks State = "works"
	// StateFellBack means that it is configured and loaded, but the stream is gone until the kubelet restarts.
	StateFellBack State = "fell-back"
	// StateHarmful means that it is on and the combination is known to break pods.
	StateHarmful State = "harmful"
	// StateBroken means that a daemon is down, restarts again and again, or would not start with the
	// configuration on disk.
	StateBroken State = "broken"
	// StateInconclusive means that a fact that decides could not be read.
	StateInconclusive State = "inconclusive"
)

// States lists every state.
func States() []State {
	return []State{StateOff, StateHalf, StateRestartPending, StateWorks, StateFellBack, StateHarmful, StateBroken, StateInconclusive}
}
