package known

import (
	"slices"
	"strings"
)

// RuntimeName is the name a container runtime gives itself in CRI Version.
type RuntimeName string

// The runtimes that send container events.
const (
	Containerd RuntimeName = "containerd"
	CRIO       RuntimeName = "cri-o"
)

// RuntimeNamed reads the name as the runtime or an operator writes it
// ("containerd", "cri-o", "crio", "CRI-O"); other names come back lower-cased.
func RuntimeNamed(s string) RuntimeName {
	name := strings.ToLower(strings.TrimSpace(s))
	for _, info := range Runtimes() {
		if slices.Contains(info.Aliases, name) {
			return info.Name
		}
	}
	return RuntimeName(name)
}

// Title returns the name as its project writes it: "CRI-O".
func (n RuntimeName) Title() string {
	info, _ := RuntimeInfoOf(n)
	return info.Title
}

// EventSupport is how a runtime version serves GetContainerEvents.
type EventSupport int

const (
	// EventsUnknown is that of another runtime, or of a version that is not known.
	EventsUnknown EventSupport = iota
	// EventsNone means that the runtime cannot send container events.
	EventsNone
	// EventsShared means that all readers share one queue; a second reader steals events.
	EventsShared
	// EventsBroadcast means that each reader gets every event.
	EventsBroadcast
)

// Runtime is what is known of one container runtime version.
type Runtime struct {
	Name    RuntimeName
	Version Version
	Events  EventSupport
	// NeedsSwitch reports whether events flow only if a setting says so (CRI-O).
	NeedsSwitch bool
	// KeepsEvents reports whether events that nobody reads are kept for the next reader, who
	// takes them all and does no harm by leaving. containerd 1.7 keeps the oldest thousand,
	// but a reader that left takes one more.
	KeepsEvents bool
	// ProbeTheft: a second reader of the stream takes events from the kubelet.
	ProbeTheft bool
	// ProbeCrash: a reader that goes away can crash the runtime (cri-o/cri-o#9004).
	ProbeCrash bool
	// SetsTimestamp: PodSandboxStatus carries a timestamp (CRI-O while its events are
	// on; containerd only in the broken 2.0.0-rc.5 to 2.0.2).
	SetsTimestamp bool
	// TimestampSeconds: that timestamp is in seconds instead of nanoseconds
	// (cri-o/cri-o#8580).
	TimestampSeconds bool
	// ShutdownPanics: stopping it with events on can end in "close of closed channel"
	// (cri-o/cri-o#6626, #8031); judge a restart by the new instance.
	ShutdownPanics bool
	// StopHangs: stopping it with events on can last until systemd kills it. Seen with CRI-O
	// 1.34.11 in 3 of 5 restarts; its gRPC server waits without a bound for calls to end
	// (cri-o/cri-o#10357).
	StopHangs bool
	// ShowsStreams: open event streams can be seen at /debug/goroutines on its socket.
	ShowsStreams bool
}

// RuntimeAt says what is known of a runtime version. An unknown name or version gives
// EventsUnknown. Sources: containerd pkg/cri/server/container_events.go at v1.6.39 and
// v1.7.34, internal/eventq/eventq.go at v2.3.4; cri-o server/container_events.go and
// server/server.go at v1.25.0 to v1.36.3.
func RuntimeAt(name RuntimeName, v Version) Runtime {
	r := Runtime{Name: name, Version: v}
	info, ok := RuntimeInfoOf(name)
	r.NeedsSwitch = info.HasSwitch()
	if ok && !v.IsZero() {
		info.at(&r)
	}
	return r
}

func containerdAt(r *Runtime) {
	v := r.Version
	switch {
	case v.MinorLess(1, 7):
		r.Events = EventsNone
	case v.MinorLess(2, 0):
		r.Events, r.ProbeTheft = EventsShared, true
	default:
		r.Events, r.KeepsEvents = EventsBroadcast, true
		r.SetsTimestamp = brokenContainerd(v)
	}
}

// brokenContainerd: PodSandboxStatus has a timestamp and no container statuses
// (containerd/containerd#10740 to #11323).
func brokenContainerd(v Version) bool {
	return v.AtLeast(Version{Major: 2, Pre: "rc.5"}) && v.Less(V(2, 0, 3))
}

func crioAt(r *Runtime) {
	v := r.Version
	if v.MinorLess(1, 26) {
		r.Events = EventsNone
		return
	}
	r.Events = EventsBroadcast
	r.SetsTimestamp = true
	r.ShutdownPanics = true
	r.StopHangs = !v.MinorLess(1, 34) && v.MinorLess(1, 35)
	r.ShowsStreams = !v.MinorLess(1, 32)
	r.ProbeCrash = !v.MinorLess(1, 28) && v.MinorLess(1, 33)
	if v.MinorLess(1, 28) {
		r.Events, r.ProbeTheft = EventsShared, true
	}
	r.TimestampSeconds = crioSeconds(v)
}

// crioSeconds: fixed in 1.29.9, 1.30.6, 1.31.1 and 1.32.0 (cri-o/cri-o#8582), never in 1.28.
func crioSeconds(v Version) bool {
	if v.MinorLess(1, 29) {
		return true
	}
	for _, fixed := range []struct{ minor, patch uint }{{29, 9}, {30, 6}, {31, 1}} {
		if v.Major == 1 && v.Minor == fixed.minor {
			return v.Patch < fixed.patch
		}
	}
	return false
}
