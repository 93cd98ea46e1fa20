package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// apiVersion of every JSON document; within v1 fields are only ever added.
const apiVersion = "plegctl/v1"

// Envelope holds the fields that every JSON document of plegctl starts with.
type Envelope struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// State and Rung are there where the command judges a node or a log.
	State string `json:"state,omitempty"`
	Rung  string `json:"rung,omitempty"`
	// Changed tells whether this run changed the node: what Ansible reads.
	Changed  bool     `json:"changed"`
	ExitCode ExitCode `json:"exitCode"`
}

// answer is what a verb has to say. Its exit code is decided before it is rendered.
type answer struct {
	kind, state, rung string
	changed           bool
	code              ExitCode
	// body is a struct (or nil) whose fields follow the envelope's in JSON.
	body any
	// text writes the answer for people; short is the same in one line.
	text  func(io.Writer) error
	short string
	// extra are the renderers of further formats ("junit", "sarif", "nagios").
	extra map[string]func(io.Writer) error
}

// give writes the answer to stdout in the chosen format and returns what ends the command.
func (d *Deps) give(a answer) error {
	var doc bytes.Buffer
	if err := d.render(&doc, a); err != nil {
		return err
	}
	d.answered = true
	if _, err := d.Streams.Out.Write(doc.Bytes()); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	if a.code == ExitOK {
		return nil
	}
	return answered{a.code}
}

func (d *Deps) render(w io.Writer, a answer) error {
	format := d.Settings.Output
	if extra, ok := a.extra[format]; ok {
		return extra(w)
	}
	switch format {
	case "json":
		return writeJSON(w, a)
	case "junit":
		return writeJUnit(w, a)
	case "short":
		_, err := fmt.Fprintln(w, a.oneLine())
		return err
	case "text":
		if a.text == nil {
			_, err := fmt.Fprintln(w, a.oneLine())
			return err
		}
		return a.text(w)
	}
	return usage(fmt.Errorf("this command has no output format %q", format), "use -o text, short, json or junit")
}

func (a answer) oneLine() string {
	if a.short != "" {
		return a.short
	}
	return strings.TrimSpace(strings.ToLower(a.kind) + " " + a.state)
}

// writeJSON writes one object: the envelope's fields, then the body's.
func writeJSON(w io.Writer, a answer) error {
	head, err := json.Marshal(Envelope{apiVersion, a.kind, a.state, a.rung, a.changed, a.code})
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	if a.body != nil {
		body, err := json.Marshal(a.body)
		if err != nil {
			return fmt.Errorf("encode the answer: %w", err)
		}
		if inner := bytes.TrimSuffix(bytes.TrimPrefix(body, []byte("{")), []byte("}")); len(inner) > 0 {
			head = slices.Concat(head[:len(head)-1], []byte(","), inner, []byte("}"))
		}
	}
	var doc bytes.Buffer
	if err := json.Indent(&doc, head, "", "  "); err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	doc.WriteByte('\n')
	_, err = doc.WriteTo(w)
	return err
}

// jsonLine writes v as one line of JSON, for streams (probe, logs --follow).
func (d *Deps) jsonLine(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a line: %w", err)
	}
	d.answered = true
	if _, err := d.Streams.Out.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// say writes one line of the conversation to stderr; --quiet silences it.
func (d *Deps) say(format string, args ...any) {
	if d.Settings.Quiet {
		return
	}
	// A closed stderr must never stop the work, so the error is of no interest.
	_, _ = fmt.Fprintf(d.Streams.Err, "plegctl: "+format+"\n", args...)
}

// detail is say for --verbose.
func (d *Deps) detail(format string, args ...any) {
	if d.Settings.Verbose {
		d.say(format, args...)
	}
}
