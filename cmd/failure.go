package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/report"
)

// usage is an error in how plegctl was called.
func usage(err error, next string) error {
	return withCode(ExitError, hint.With(err, next))
}

// fail tells the user of an error: one line and its hint on stderr, and, where JSON is
// wanted and nothing was answered yet, the same as a document on stdout.
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
	if d.answered || d.Settings.Output != "json" && d.Settings.Output != "junit" {
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
