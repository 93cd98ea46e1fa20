package cmd

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/report"
)

const apiVersion = report.APIVersion

// Envelope holds the fields that every JSON document of plegctl starts with.
type Envelope = report.Envelope

// answer is an older spelling of [report.Document].
type answer struct {
	kind, state, rung string
	changed           bool
	code              ExitCode
	body              any
	text              func(io.Writer) error
	short             string
}

func (a answer) document() report.Document {
	doc := report.Document{Kind: a.kind, State: a.state, Rung: a.rung, Changed: a.changed, ExitCode: a.code, Body: a.body, Short: a.short}
	if a.text != nil {
		doc.Text = func(w io.Writer, _ report.Style) error { return a.text(w) }
	}
	return doc
}

func (d *Deps) give(a answer) error { return d.printResult(a.document()) }

// checkFormat refuses an output format that the verb does not have, before the verb begins.
func checkFormat(verb, format string) error {
	names := report.FormatsOf(verb)
	if slices.Contains(names, format) {
		return nil
	}
	last := len(names) - 1
	return usage(fmt.Errorf("%s has no output format %q", verb, format), fmt.Sprintf("use -o %s or %s", strings.Join(names[:last], ", "), names[last]))
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
	doc.Version, doc.At, doc.Took = buildInfo().Version, d.Now(), d.Now().Sub(d.began)
	return report.Render(w, d.Settings.Output, doc, d.style())
}

// say writes one line of the conversation to stderr; --quiet silences it.
func (d *Deps) say(format string, args ...any) { d.progress().Info(format, args...) }

// detail is say for --verbose.
func (d *Deps) detail(format string, args ...any) { d.progress().Detail(format, args...) }
