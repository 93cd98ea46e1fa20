package cmd

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/verify/report"
)

// checkFormat refuses an output format that the verb does not have, before the verb begins.
func checkFormat(verb, format string) error {
	names := report.FormatsOf(verb)
	if slices.Contains(names, format) {
		return nil
	}
	return usage(fmt.Errorf("%s has no output format %q", verb, format), "use -o "+cli.Listed(names))
}

// printResult writes the document to stdout in the chosen format and returns what ends the
// command: nil, or an error that carries the exit code and prints nothing more.
func (d *Deps) printResult(doc report.Document) error {
	var out bytes.Buffer
	if err := d.render(&out, doc); err != nil {
		return err
	}
	d.answered = true
	d.progress().Flush()
	if _, err := d.Streams.Out.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	if doc.ExitCode == 0 {
		return nil
	}
	return answered{doc.ExitCode}
}

func (d *Deps) render(w io.Writer, doc report.Document) error {
	doc.Version, doc.At = buildInfo().Version, d.Now()
	if !d.began.IsZero() { // else the command line was wrong, and nothing began
		doc.Took = doc.At.Sub(d.began)
	}
	return report.Render(w, d.Settings.Output, doc, d.style())
}

// say writes one line of the conversation to stderr; --quiet silences it.
func (d *Deps) say(format string, args ...any) { d.progress().Info(format, args...) }

// notice is say where a stream on stdout follows: no seconds are counted behind it.
func (d *Deps) notice(format string, args ...any) {
	d.say(format, args...)
	d.progress().Flush()
}

// detail is say for --verbose.
func (d *Deps) detail(format string, args ...any) { d.progress().Detail(format, args...) }
