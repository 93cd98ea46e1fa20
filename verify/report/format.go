package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/plegctl/plegctl/logscan"
)

// Format is one output format: its name, its line of help, the verbs that have it, and
// how it renders. The command line, completion, help and the docs all read this table.
type Format struct {
	Name, Help string
	// verbs have the format; nil stands for every verb.
	verbs  []string
	render func(io.Writer, Document, Style) error
}

// Formats returns the table of output formats.
func Formats() []Format {
	judging := []string{
		"status", "preflight", "plan", "verify", "logs", "measure",
		"enable", "disable", "rollback", "confirm", "recover", "couple", "uncouple",
	}
	return []Format{
		{"text", "for people", nil, renderText},
		{"short", "one line", nil, renderShort},
		{"json", "one JSON document; docs/schema has its schema", nil, renderJSON},
		{"junit", "JUnit XML for CI systems", judging, renderJUnit},
		{"sarif", "SARIF 2.1.0 for code scanning", []string{"preflight"}, renderSARIF},
		{"nagios", "one line as a Nagios plug-in prints it", []string{"status", "verify"}, renderNagios},
		{"markdown", "tables for a ticket or a wiki", []string{"report"}, renderMarkdown},
	}
}

// Supports reports whether a verb has the format.
func (f Format) Supports(verb string) bool {
	return f.verbs == nil || slices.Contains(f.verbs, verb)
}

// FormatsOf returns the names of the formats that a verb has.
func FormatsOf(verb string) []string {
	var names []string
	for _, f := range Formats() {
		if f.Supports(verb) {
			names = append(names, f.Name)
		}
	}
	return names
}

// Render writes the document in a format.
func Render(w io.Writer, format string, d Document, s Style) error {
	for _, f := range Formats() {
		if f.Name == format {
			return f.render(w, d, s)
		}
	}
	return fmt.Errorf("unknown output format %q", format)
}

func renderText(w io.Writer, d Document, s Style) error {
	if d.Text == nil {
		return renderShort(w, d, s)
	}
	return d.Text(w, s)
}

func renderShort(w io.Writer, d Document, _ Style) error {
	_, err := fmt.Fprintln(w, d.oneLine())
	return err
}

// oneLine is the answer in one line; what comes from the node is escaped.
func (d Document) oneLine() string {
	if d.Short != "" {
		return logscan.Escape(d.Short)
	}
	return strings.TrimSpace(strings.ToLower(d.Kind) + " " + d.State)
}

// renderJSON writes one object: the envelope's fields, then the body's.
func renderJSON(w io.Writer, d Document, _ Style) error {
	doc, err := marshalJSON(d.envelope())
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	if d.Body != nil {
		body, err := marshalJSON(d.Body)
		if err != nil {
			return fmt.Errorf("encode the answer: %w", err)
		}
		if fields := bytes.TrimPrefix(body, []byte("{")); len(fields) > 1 {
			doc = slices.Concat(doc[:len(doc)-1], []byte(","), fields)
		}
	}
	if d.Line {
		_, err = w.Write(append(doc, '\n'))
		return err
	}
	return writeIndented(w, doc)
}

func writeIndented(w io.Writer, doc []byte) error {
	var out bytes.Buffer
	if err := json.Indent(&out, doc, "", "  "); err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	out.WriteByte('\n')
	_, err := out.WriteTo(w)
	return err
}

// marshalJSON is json.Marshal with the characters escaped that JSON allows as they are and a
// terminal obeys or hides.
func marshalJSON(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	unsafe := func(r rune) bool { return r >= 0x7f && logscan.Escape(string(r)) != string(r) }
	if err != nil || bytes.IndexFunc(text, unsafe) < 0 {
		return text, err
	}
	var out bytes.Buffer
	for _, r := range string(text) {
		if !unsafe(r) {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.Bytes(), nil
}
