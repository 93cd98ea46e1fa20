package plan

import (
	"fmt"
	"strings"
)

// Refusal is one reason not to change the node.
type Refusal struct {
	// Code names the reason, as `explain` knows it.
	Code string `json:"code"`
	// Text says what stands in the way.
	Text string `json:"text"`
	// Where is the place in a file that is to blame, if there is one.
	Where string `json:"where,omitempty"`
	// Do says what to do instead.
	Do string `json:"do,omitempty"`
	// Risk is the name that --accept-risk takes; empty where nothing can be accepted.
	Risk string `json:"risk,omitempty"`
	// Unknown tells that a fact could not be read: it is not known to be wrong.
	Unknown bool `json:"unknown,omitempty"`
}

func (r Refusal) String() string {
	if r.Where != "" && !strings.Contains(r.Text, r.Where) {
		return r.Where + ": " + r.Text
	}
	return r.Text
}

// RefusedError tells that a plan was not made, with every reason.
type RefusedError struct {
	Goal    Goal
	Reasons []Refusal
}

func (e *RefusedError) Error() string {
	texts := make([]string, 0, len(e.Reasons))
	for _, r := range e.Reasons {
		texts = append(texts, r.String())
	}
	return fmt.Sprintf("%s refused: %s", e.Goal, strings.Join(texts, "; "))
}

// Hint is what to do about the first reason.
func (e *RefusedError) Hint() string {
	for _, r := range e.Reasons {
		if r.Do != "" && r.Risk != "" {
			return fmt.Sprintf("%s; or accept it by name: --accept-risk %s", r.Do, r.Risk)
		}
		if r.Do != "" {
			return r.Do
		}
	}
	return ""
}

// ExitCode is 4 where nothing worse stands in the way than what could not be read, else 3.
func (e *RefusedError) ExitCode() int {
	for _, r := range e.Reasons {
		if !r.Unknown {
			return 3
		}
	}
	return 4
}

// Drift is a file that is not what plegctl last wrote.
type Drift struct {
	Path          string
	Before, After FileState
	Now           FileState
}

// DriftError tells that files were changed since the recorded change.
type DriftError struct{ Files []Drift }

// ExitCode is that of drift.
func (e *DriftError) ExitCode() int { return 7 }

func (e *DriftError) Error() string {
	paths := make([]string, 0, len(e.Files))
	for _, f := range e.Files {
		paths = append(paths, f.Path)
	}
	return "changed by another program since plegctl wrote it: " + strings.Join(paths, ", ")
}
