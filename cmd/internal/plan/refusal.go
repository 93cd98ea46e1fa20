package plan

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify/report"
)

// Refusal is one reason not to change the node.
type Refusal = report.Refusal

// RefusedError reports that a plan was not made, with every reason.
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
		if hint := r.Hint(); hint != "" {
			return hint
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
	Path string
	// Edits are plegctl's own changes, oldest first.
	Edits []Edit
	Now   FileState
}

// DriftError reports that files were changed since the recorded change.
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
