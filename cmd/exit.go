package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/report"
)

// ExitCode is plegctl's answer to scripts. The codes are the same in every output format.
type ExitCode = int

// The exit codes; 2 is what a Go panic exits with and is never used.
const (
	ExitOK             ExitCode = 0
	ExitError          ExitCode = 1
	ExitFailed         ExitCode = 3 // a required check failed, or the level was not reached
	ExitInconclusive   ExitCode = 4 // a required fact could not be read
	ExitRolledBack     ExitCode = 5 // the change failed and was rolled back
	ExitRollbackFailed ExitCode = 6 // the change failed and so did the rollback
	ExitRefused        ExitCode = 7 // drift, or another run holds the lock
	ExitPending        ExitCode = 10
	ExitInterrupted    ExitCode = 130
)

// codeError is an error that knows its exit code.
type codeError struct {
	code ExitCode
	err  error
}

func (e codeError) Error() string { return e.err.Error() }
func (e codeError) Unwrap() error { return e.err }

// withCode gives err an exit code of its own.
func withCode(code ExitCode, err error) error {
	if err == nil {
		return nil
	}
	return codeError{code, err}
}

// answered ends a command whose answer is already written: nothing more is printed.
type answered struct{ code ExitCode }

func (answered) Error() string { return "already answered" }

// exitCode is the only place that turns an error into an exit code. An error of another
// package takes part by a method ExitCode() int; the outermost one in the chain counts.
func exitCode(err error) ExitCode {
	var coded codeError
	var said answered
	var own interface{ ExitCode() int }
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &said):
		return said.code
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &own):
		return own.ExitCode()
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	}
	return ExitError
}

// usage is an error in how plegctl was called.
func usage(err error, next string) error {
	return withCode(ExitError, hint.With(err, next))
}

// fail tells the user of an error: one line and its hint on stderr, and, where a program
// reads the answer and has none yet, the same in its format on stdout.
func (d *Deps) fail(err error) {
	next := hint.Of(err)
	var refused *plan.RefusedError
	var reasons []report.Refusal
	switch {
	case errors.As(err, &refused) && !d.answered:
		reasons = refused.Reasons
		d.progress().Print(fmt.Sprintf("plegctl: error: %s refused, nothing was changed\n\n%s", refused.Goal, report.Refusals(reasons, d.style())))
	case next != "":
		d.progress().Print(fmt.Sprintf("plegctl: error: %s\nplegctl: hint: %s\n", oneLine(err.Error()), oneLine(next)))
	default:
		d.progress().Print(fmt.Sprintf("plegctl: error: %s\n", oneLine(err.Error())))
	}
	d.progress().Flush()
	if d.answered || !slices.Contains([]string{"json", "junit", "nagios"}, d.Settings.Output) {
		return
	}
	// The error line above is out already; a closed stdout leaves nothing to add.
	_ = d.render(d.Streams.Out, report.ErrorDocument(oneLine(err.Error()), next, exitCode(err), reasons))
}

// oneLine folds an error of several lines, as errors.Join makes them, and escapes what
// could drive a terminal.
func oneLine(s string) string {
	return logscan.Escape(strings.ReplaceAll(strings.TrimSpace(s), "\n", "; "))
}
