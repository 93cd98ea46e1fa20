package logscan

import "github.com/plegctl/plegctl/verify/known"

// Kind is what a message means for the run of the kubelet that logged it.
type Kind int

// The kinds of messages in the table.
const (
	// KindNone is not a message of the table.
	KindNone Kind = iota
	// KindVersion marks a start and names the kubelet's version.
	KindVersion
	// KindRunning marks the start of a kubelet within another process (k3s, rke2).
	KindRunning
	// KindGates lists the gates in force.
	KindGates
	// KindConfig is the whole merged configuration.
	KindConfig
	// KindGatesFlag is --feature-gates as given; "" where gates are set in a file.
	KindGatesFlag
	// KindVerbosityFlag is --v as given.
	KindVerbosityFlag
	// KindVerbose shows the verbosity: every start logs it at its level.
	KindVerbose
	// KindRuntime names the container runtime and its version.
	KindRuntime
	// KindHealth is logged only by a kubelet that has the gate on.
	KindHealth
	// KindEvent counts a container event that arrived over the stream.
	KindEvent
	// KindHandled counts what Evented PLEG made of a container event.
	KindHandled
	// KindStreamError counts a failed try to read the event stream, as the CRI client logs it.
	KindStreamError
	// KindRetry counts the same, as Evented PLEG logs it.
	KindRetry
	// KindStoppedRetrying ends Evented PLEG until the kubelet restarts.
	KindStoppedRetrying
	// KindMalformed counts an event that could not be used; the stream goes on.
	KindMalformed
	// KindRefused ends a kubelet that refuses its feature gates.
	KindRefused
	// KindFailed ends a kubelet with an error.
	KindFailed
	// KindUnitStart is logged by systemd when it starts the unit.
	KindUnitStart
	// KindUnitExit is logged by systemd when the unit's process ended.
	KindUnitExit
	// KindSuppressed counts messages that journald dropped.
	KindSuppressed
)

// String names the kind in machine-readable output.
func (k Kind) String() string {
	return [...]string{
		"none", "version", "running", "gates", "config", "gates-flag", "verbosity-flag", "verbose", "runtime", "health",
		"event", "handled", "stream-error", "retry", "stopped-retrying", "malformed", "refused", "failed",
		"unit-start", "unit-exit", "suppressed",
	}[k]
}

// Message is one message that the scanner recognizes, with everything that is known of it.
// It is recognized by its text and, where that text is common, by a key; never by file and line,
// which move with each release.
type Message struct {
	Kind Kind
	// Forms are its texts, one for each range of versions.
	Forms []Form
	// Key is a key that the entry must have; "" where the text alone is enough.
	Key string
	// Holds are words of which the value of Key (the text, where there is no key) must have
	// one; empty where any value does.
	Holds []string
	// Detail sorts messages of one kind: the type of a container event, or how a stream failed.
	Detail Detail
	// Bare reports whether it is also logged without a klog header.
	Bare bool
	// Writer is the program that logs it; "" is the kubelet.
	Writer string
}

// Form is the text of a message in a range of versions.
type Form struct {
	// Text is how the message begins.
	Text string
	// Level is the verbosity from which on it is logged; 0 is always.
	Level int
	// First and Last are the minor versions 1.x that log it; Last 0 means the newest known.
	First, Last uint
	// Source is where it was read or seen, with line numbers of the versions read.
	Source string
}

// Detail sorts messages of one kind.
type Detail int

// The details: types of container events, a stream that never opened, an end by
// Go panic, the exit of a unit's main process.
const (
	DetailNone Detail = iota
	Created
	Started
	Stopped
	Deleted
	NeverOpened
	Panicked
	Exited
)

// starts reports whether a message of the kind belongs to the start of a process.
func (k Kind) starts() bool {
	switch k {
	case KindVersion, KindRunning, KindConfig, KindGatesFlag, KindVerbosityFlag:
		return true
	}
	return false
}

// bulk reports whether a message is one of the many that are counted by their text alone.
func (row *Message) bulk() bool {
	return row != nil && (row.Kind == KindEvent || row.Kind == KindHandled)
}

// in reports whether a kubelet of that version logs the form. Of a version that is not
// known, newer than those studied, or a pre-release, nothing is ruled out.
func (f Form) in(v known.Version) bool {
	if f.First <= v.Minor && (f.Last == 0 || v.Minor <= f.Last) {
		return true
	}
	return noVersion(v) || v.Pre != "" || known.NewestKubelet().MinorLess(v.Major, v.Minor)
}

// logged reports whether a kubelet of that version and verbosity logs messages of a kind.
func logged(k Kind, v known.Version, level int) bool {
	for _, m := range Messages() {
		for _, f := range m.Forms {
			if m.Kind == k && f.Level <= level && f.in(v) {
				return true
			}
		}
	}
	return false
}
