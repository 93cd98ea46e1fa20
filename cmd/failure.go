package cmd

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/hint"
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
	d.progress().Print(fmt.Sprintf("plegctl: error: %s\n", oneLine(err.Error())))
	if next != "" {
		d.progress().Print(fmt.Sprintf("plegctl: hint: %s\n", oneLine(next)))
	}
	d.progress().Flush()
	if d.answered || d.Settings.Output != "json" && d.Settings.Output != "junit" {
		return
	}
	// The error line above is out already; a closed stdout leaves nothing to add.
	_ = d.render(d.Streams.Out, report.ErrorDocument(oneLine(err.Error()), next, exitCode(err)))
}

// oneLine folds an error of several lines, as errors.Join makes them, and escapes what
// could drive a terminal.
func oneLine(s string) string {
	return logscan.Escape(strings.ReplaceAll(strings.TrimSpace(s), "\n", "; "))
}
