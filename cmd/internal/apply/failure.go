package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// FailedError is a change that did not come to its end.
type FailedError struct {
	ID    string
	Cause error
	// Undo is nil when everything is as it was before.
	Undo error
	// ManualSteps are the commands that bring the node back by hand, when Undo is not nil.
	ManualSteps []string
	// Record is where the record lies.
	Record string
}

func (e *FailedError) Error() string {
	if e.Undo == nil {
		return fmt.Sprintf("%v; rolled back", e.Cause)
	}
	return fmt.Sprintf("%v; and the rollback failed: %v; the record is %s", e.Cause, e.Undo, e.Record)
}

// Unwrap gives the cause and what went wrong with the rollback.
func (e *FailedError) Unwrap() []error {
	if e.Undo == nil {
		return []error{e.Cause}
	}
	return []error{e.Cause, e.Undo}
}

// Drift returns the files of other programs that a rollback left, where nothing else is wrong
// with it; to run it again would change nothing. Otherwise it is nil.
func (e *FailedError) Drift() *plan.DriftError {
	drift, _ := e.Undo.(*plan.DriftError) //nolint:errorlint // joined with another error, it is not all
	return drift
}

// ExitCode is 5 after a good rollback, 6 after a bad one, 130 when it was interrupted and
// is as it was.
func (e *FailedError) ExitCode() int {
	switch {
	case e.Undo != nil:
		return 6
	case errors.Is(e.Cause, context.Canceled):
		return 130
	}
	return 5
}

// ChangedError reports that a file is not what the plan was made for: another program changed it
// in the meantime. Nothing was written to it.
type ChangedError struct{ Path, Want, Got string }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s changed while plegctl was at work: %s, the plan was made for %s", e.Path, e.Got, e.Want)
}

// ExitCode is that of drift.
func (e *ChangedError) ExitCode() int { return 7 }

// UnitError is a unit that did not do what was asked.
type UnitError struct {
	Unit string
	Err  error
	// Words are why its daemon ended, in its own words; "" where none were found.
	Words string
}

func (e *UnitError) Error() string {
	text := e.Err.Error()
	if !strings.Contains(text, e.Unit) {
		text = e.Unit + ": " + text
	}
	if e.Words != "" {
		text += "; its last error: " + e.Words
	}
	return text
}

// Unwrap gives what went wrong.
func (e *UnitError) Unwrap() error { return e.Err }

// unitErrors are the failed units among the errors that err is made of.
func unitErrors(err error) []*UnitError {
	if unit, ok := err.(*UnitError); ok { //nolint:errorlint // it walks the tree itself
		return []*UnitError{unit}
	}
	var below []error
	switch e := err.(type) { //nolint:errorlint // as above
	case interface{ Unwrap() error }:
		below = []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		below = e.Unwrap()
	}
	var found []*UnitError
	for _, one := range below {
		found = append(found, unitErrors(one)...)
	}
	return found
}
