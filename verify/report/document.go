package report

import (
	"io"
	"time"

	"github.com/plegctl/plegctl/verify"
)

// Document is the answer of a verb before it is rendered. Every format renders the same
// document, and the exit code is decided before.
type Document struct {
	// Kind names the JSON schema: "Status" is docs/schema/status.json.
	Kind string
	// State and Rung are set where the verb judges a node or a log.
	State, Rung string
	// Changed reports whether this run changed the node.
	Changed  bool
	ExitCode int
	// Body is a struct (or nil) whose fields follow the envelope's in JSON.
	Body any
	// Short is the answer in one line; Text writes it for people (nil: Short is enough).
	Short string
	Text  func(io.Writer, Style) error
	// Line reports whether JSON is written as one line, as in a stream.
	Line bool
	// Cases are the test cases of JUnit; without any, the document is one case.
	Cases []Case
	// Findings are the rules and results of SARIF.
	Findings []Finding
	// Monitor is what a monitoring system makes of the answer.
	Monitor Monitor
	// Version is that of plegctl, Host the node's name, At when the answer was complete,
	// and Took how long that was in the making.
	Version, Host string
	At            time.Time
	Took          time.Duration
}

// APIVersion is that of every JSON document; within v1 fields are only ever added.
const APIVersion = "plegctl/v1"

// Envelope holds the fields that every JSON document of plegctl starts with.
type Envelope struct {
	APIVersion string `json:"apiVersion"`
	// Kind names the schema of the document.
	Kind string `json:"kind"`
	// State is the state of the node or of the log, where the verb judges one.
	State string `json:"state,omitempty"`
	// Rung is the highest rung of the evidence ladder that was seen.
	Rung string `json:"rung,omitempty"`
	// Changed reports whether this run changed the node.
	Changed bool `json:"changed"`
	// ExitCode is the exit code of the command.
	ExitCode int `json:"exitCode"`
}

// Envelope returns the fields that the JSON document starts with.
func (d Document) envelope() Envelope {
	return Envelope{APIVersion, d.Kind, d.State, d.Rung, d.Changed, d.ExitCode}
}

// status is how the whole document counts as one test case.
func (d Document) status() verify.Status {
	switch d.ExitCode {
	case 0:
		return verify.Pass
	case 4:
		return verify.NotSeen
	}
	return verify.Fail
}

// ErrorBody is the body of an error in JSON.
type ErrorBody struct {
	Error ErrorText `json:"error"`
	// Problems are the reasons of a refusal.
	Problems []Problem `json:"problems"`
}

// ErrorText is an error and what to do about it.
type ErrorText struct {
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// ErrorDocument returns the answer of a verb that ended with an error, or was refused.
func ErrorDocument(message, hint string, exitCode int, reasons []Refusal) Document {
	return Document{
		Kind: "Error", ExitCode: exitCode, Short: message, Monitor: MonitorUnknown,
		Body: ErrorBody{ErrorText{message, hint}, refusalProblems(reasons)},
	}
}
