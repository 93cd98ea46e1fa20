package logscan

import (
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

// State is what a log alone shows of Evented PLEG. The words are those of package verify,
// which weighs a log against other evidence and has more states.
type State string

const (
	// StateOff means that the log shows that the gate is off.
	StateOff State = "off"
	// StateWorks means that container events arrived, and the stream did not fail after the last.
	StateWorks State = "works"
	// StateFellBack means that the kubelet stopped retrying its event stream until it is restarted.
	StateFellBack State = "fell-back"
	// StateEnded means that the log ends with the end of the kubelet. Runs have what they were before.
	StateEnded State = "ended"
	// StateInconclusive means that the log does not show it.
	StateInconclusive State = "inconclusive"
)

// GateValue is the gate as a log shows it.
type GateValue int

// A gate is unknown unless the log shows it.
const (
	GateUnknown GateValue = iota
	GateOff
	GateOn
)

// String is "on", "off" or "unknown".
func (g GateValue) String() string {
	switch g {
	case GateOn:
		return "on"
	case GateOff:
		return "off"
	}
	return "unknown"
}

// Finding is one entry of the log that shows something.
type Finding struct {
	Time   time.Time
	Cursor string
	// Where is the line of the kubelet's source that wrote it, as logged ("evented.go:97").
	Where string
	Kind  Kind
	// Detail sorts findings of one kind.
	Detail Detail
	// Severity is I, W, E or F as klog has it; 0 where it is not known.
	Severity byte
	// Text is the message and what of its values matters. It is as it was logged: escape
	// it before it reaches a terminal.
	Text string
	// Run is the index of its run, counted over the whole log.
	Run int
}

// Gate is what the log shows of the feature gate.
type Gate struct {
	Value GateValue
	// How describes how it came to be ("set", "not set, which is off", "by AllAlpha").
	How string
	// Seen is the entry it was seen in.
	Seen Finding
}

// Verbosity is what is known of the kubelet's --v. The log of a kubelet shows it directly
// only now and then; mostly it follows from what is printed.
type Verbosity struct {
	// Level is the highest level that was seen, and the verbosity itself where Exact.
	Level int
	Exact bool
}

// Events are the container events that came over the kubelet's event stream.
type Events struct {
	Count       int
	First, Last time.Time
	// Created, Started, Stopped and Deleted sort them by type.
	Created, Started, Stopped, Deleted int
	// Handled counts the messages of Evented PLEG that show what became of them.
	Handled int
}

// StreamErrors are the event streams that failed, ended or could not be had, one for each
// try. A kubelet stops retrying after [known.MaxStreamRetries].
type StreamErrors struct {
	Count       int
	First, Last Finding
	// Closed, Unimplemented, Unavailable and Other sort them by the runtime's answer.
	Closed, Unimplemented, Unavailable, Other int
	// SinceEvent counts those after the last event.
	SinceEvent int
}

// FellBack is the moment from which on the kubelet only polls.
type FellBack struct {
	At time.Time
	// Logged reports whether the kubelet logged it; otherwise it follows from the number of
	// failed streams.
	Logged bool
	// Cause is what most likely ended the stream, from the errors and their times.
	Cause string
}

// End is how a kubelet ended.
type End struct {
	At   time.Time
	Text string
	// Gates reports whether it refused its feature gates: it will not start until they are
	// changed.
	Gates bool
	// Panic reports whether it was a Go panic, and PLEG whether its trace names Evented PLEG.
	Panic, PLEG bool
	Seen        Finding
}

// Run is one process of the kubelet, as far as the log shows it.
type Run struct {
	// Index counts the runs of the whole log from 0.
	Index int
	// Invocation and Boot are systemd's, PID the process; empty where the log has none.
	Invocation, Boot, Unit string
	PID                    int
	// Version is the kubelet's; [known.Version.IsZero] where it was not logged.
	Version known.Version
	// Runtime and RuntimeVersion are the container runtime's, as the kubelet saw it.
	Runtime, RuntimeVersion string
	// First and Last are the times of its first and last entry that were looked at.
	First, Last time.Time
	// StartSeen reports whether the log reaches back to the start of the process, so that
	// what is not in it was not logged. Suppressed counts messages that journald dropped.
	StartSeen  bool
	Suppressed int
	// Cut counts records that end in the middle, Wrapped those that were put together from
	// several lines, Misplaced those that this version of the kubelet does not log.
	Cut, Wrapped, Misplaced int
	// Unread is why its end was not read; "" where it was. Whoever reads the log sets it.
	Unread    string
	Verbosity Verbosity
	Gate      Gate
	Events    Events
	Errors    StreamErrors
	// Retries counts the failed streams that Evented PLEG logged, at verbosity 4.
	Retries int
	// Malformed counts events that could not be used.
	Malformed      int
	FirstMalformed Finding
	// FellBack and End are nil where nothing of that kind was logged.
	FellBack *FellBack
	End      *End
	// Exit is what systemd logged about the end of the process, "" if nothing, at ExitAt.
	Exit   string
	ExitAt time.Time
	// State is the verdict, Reason the evidence for it, in one sentence.
	State  State
	Reason string
	// Limits are what this log cannot show, in sentences.
	Limits []string
}

// Report is what a whole log shows.
type Report struct {
	// State and Reason are those of the last run, or that it ended: what holds at the end of
	// the log.
	State  State
	Reason string
	// Runs are the newest runs, oldest first; Older is how many more there were.
	Runs  []Run
	Older int
	// First and Last are the times of the first and the last entry.
	First, Last time.Time
	// Ignored counts messages of a kubelet that other programs or users wrote.
	Ignored int
}

// Current is the last run, nil if the log shows none.
func (r *Report) Current() *Run {
	if len(r.Runs) == 0 {
		return nil
	}
	return &r.Runs[len(r.Runs)-1]
}
