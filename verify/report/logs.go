package report

import (
	"io"
	"time"

	"github.com/plegctl/plegctl/logscan"
)

// Logs is the body of `logs` in JSON. All text out of the log is escaped, so that it can be
// shown on a terminal as it is.
type Logs struct {
	Reason string    `json:"reason"`
	Source LogSource `json:"source"`
	Runs   []LogRun  `json:"runs"`
	// OlderRuns counts the runs before those that are listed.
	OlderRuns int `json:"olderRuns"`
	// Ignored counts messages of a kubelet that another program or user wrote.
	Ignored int `json:"ignoredMessages"`
}

// LogSource is where a log came from.
type LogSource struct {
	Name string `json:"name"`
	// Verified reports whether journald vouches for who wrote the entries.
	Verified bool `json:"verified"`
	// Lines counts the lines of a file, Records those in which a record was recognized.
	Lines   int64 `json:"lines,omitempty"`
	Records int64 `json:"records,omitempty"`
	// Cut counts records that end in the middle, Wrapped lines that belong to the one before.
	Cut     int64      `json:"cut,omitempty"`
	Wrapped int64      `json:"wrapped,omitempty"`
	Bytes   int64      `json:"bytes,omitempty"`
	First   *time.Time `json:"first,omitempty"`
	Last    *time.Time `json:"last,omitempty"`
	Notices []string   `json:"notices"`
}

// LogRun is one run of a kubelet.
type LogRun struct {
	State          string     `json:"state" enum:"works,off,fell-back,inconclusive"`
	Reason         string     `json:"reason"`
	Invocation     string     `json:"invocation,omitempty"`
	Boot           string     `json:"boot,omitempty"`
	Unit           string     `json:"unit,omitempty"`
	PID            int        `json:"pid,omitempty"`
	Version        string     `json:"kubeletVersion,omitempty"`
	Runtime        string     `json:"runtime,omitempty"`
	RuntimeVersion string     `json:"runtimeVersion,omitempty"`
	First          *time.Time `json:"first,omitempty"`
	Last           *time.Time `json:"last,omitempty"`
	// Incomplete is why the absence of a message proves nothing; empty where it does.
	Incomplete string       `json:"incomplete,omitempty"`
	Verbosity  LogVerbosity `json:"verbosity"`
	Gate       LogGate      `json:"gate"`
	Events     LogEvents    `json:"events"`
	Errors     LogStreams   `json:"streamErrors"`
	// Malformed counts events that the kubelet could not use.
	Malformed int          `json:"malformedEvents,omitempty"`
	FellBack  *LogFellBack `json:"fellBack,omitempty"`
	// StartError is why the kubelet refused to start.
	StartError string  `json:"startError,omitempty"`
	End        *LogEnd `json:"end,omitempty"`
	// Exit is what systemd logged about the end of the process.
	Exit string `json:"exit,omitempty"`
	// Limitations are what this log cannot show.
	Limitations []string `json:"limitations"`
	Known       []LogBug `json:"knownBugs,omitempty"`
}

// LogVerbosity is the verbosity of a kubelet: at least the level, or exactly that.
type LogVerbosity struct {
	Level int  `json:"level"`
	Exact bool `json:"exact"`
}

// LogGate is the feature gate as a log shows it.
type LogGate struct {
	Value string   `json:"value" enum:"on,off,unknown"`
	How   string   `json:"how"`
	Seen  *LogSeen `json:"seen,omitempty"`
}

// LogEvents counts the container events that arrived, by type.
type LogEvents struct {
	Count   int        `json:"count"`
	First   *time.Time `json:"first,omitempty"`
	Last    *time.Time `json:"last,omitempty"`
	Created int        `json:"created"`
	Started int        `json:"started"`
	Stopped int        `json:"stopped"`
	Deleted int        `json:"deleted"`
}

// LogStreams counts the event streams that failed, by the runtime's answer.
type LogStreams struct {
	Count int `json:"count"`
	// RetryLimit is after how many a kubelet stops retrying.
	RetryLimit    int      `json:"retryLimit"`
	First         *LogSeen `json:"first,omitempty"`
	Last          *LogSeen `json:"last,omitempty"`
	Closed        int      `json:"closed"`
	Unimplemented int      `json:"unimplemented"`
	Unavailable   int      `json:"unavailable"`
	Other         int      `json:"other"`
}

// LogFellBack is when and why a kubelet stopped retrying.
type LogFellBack struct {
	At *time.Time `json:"at,omitempty"`
	// Logged reports whether the kubelet logged it; else it follows from the failed streams.
	Logged bool   `json:"logged"`
	Cause  string `json:"cause"`
}

// LogEnd is the last message of a kubelet that ended.
type LogEnd struct {
	At   *time.Time `json:"at,omitempty"`
	Text string     `json:"text"`
	// Gates reports whether it refused its feature gates.
	Gates bool `json:"gates"`
	Panic bool `json:"panic"`
	// PLEG reports whether the trace of the panic names Evented PLEG.
	PLEG bool `json:"traceNamesPLEG"`
}

// LogSeen is one entry of a log that shows something.
type LogSeen struct {
	At     *time.Time `json:"at,omitempty"`
	What   string     `json:"what"`
	Text   string     `json:"text"`
	Where  string     `json:"where,omitempty"`
	Cursor string     `json:"cursor,omitempty"`
	Run    int        `json:"run"`
}

// LogBug is a known bug of the kubelet or the runtime that a log names.
type LogBug struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

// LogsDocument returns the answer of `logs`.
func LogsDocument(r logscan.Report, src logscan.Source) Document {
	return Document{
		Kind: "Logs", State: string(r.State), ExitCode: logsCode(r.State), Body: logsBody(r, src), Short: logsShort(r.State, r.Reason),
		Text: func(w io.Writer, s Style) error { return logsText(w, r, src, s) },
	}
}

func logsCode(state logscan.State) int {
	switch state {
	case logscan.StateWorks, logscan.StateOff:
		return 0
	case logscan.StateFellBack, logscan.StateEnded:
		return 3
	case logscan.StateInconclusive:
	}
	return 4
}
