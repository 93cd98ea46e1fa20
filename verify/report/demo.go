package report

import (
	"fmt"
	"io"
	"strings"
)

// Demo is the body of `demo` in JSON.
type Demo struct {
	Kubelet string     `json:"kubelet"`
	Runtime string     `json:"runtime"`
	OK      bool       `json:"ok"`
	Steps   []DemoStep `json:"steps"`
	// FilesCompared is how many files and directories were compared in the end.
	FilesCompared int `json:"filesCompared"`
	// FilesChanged are those that are not as before; there must be none.
	FilesChanged []string `json:"filesChanged"`
	Took         float64  `json:"tookSeconds"`
	// Kept is the directory of the node, with --keep.
	Kept string `json:"kept,omitempty"`
}

// DemoStep is one step and what came of it.
type DemoStep struct {
	Name     string   `json:"name"`
	Command  []string `json:"command,omitempty"`
	ExitCode int      `json:"exitCode"`
	State    string   `json:"state,omitempty"`
	// OK reports whether the step went as expected.
	OK bool `json:"ok"`
	// Why says what was unexpected.
	Why  string  `json:"why,omitempty"`
	Took float64 `json:"tookSeconds"`
}

// Document returns the demo as the answer of its verb. It fails if a step was unexpected.
func (d Demo) Document() Document {
	d.OK = true
	good, code := 0, 0
	var steps strings.Builder
	for i, step := range d.Steps {
		mark := "ok"
		if step.OK {
			good++
		} else {
			d.OK, code, mark = false, 3, "UNEXPECTED: "+step.Why
		}
		fmt.Fprintf(&steps, "  %d  %-10s exit %-2d  %-10s  %s\n", i+1, step.Name, step.ExitCode, step.State, mark)
	}
	for _, name := range d.FilesChanged {
		fmt.Fprintf(&steps, "  changed: %s\n", name)
	}
	if len(d.FilesChanged) == 0 && d.FilesCompared > 0 {
		fmt.Fprintf(&steps, "%d files and directories compared: every byte, mode and owner is as before\n", d.FilesCompared)
	}
	if d.Kept != "" {
		fmt.Fprintf(&steps, "kept: %s/root (the node) and %s/journal.export\n", d.Kept, d.Kept)
	}
	headline := fmt.Sprintf("demo: %d of %s went as expected in %.1f s (kubelet %s, %s)", good, count(len(d.Steps), "step"), d.Took, d.Kubelet, d.Runtime)
	return Document{Kind: "Demo", ExitCode: code, Body: d, Short: headline, Text: func(w io.Writer, _ Style) error {
		_, err := io.WriteString(w, headline+"\n"+steps.String())
		return err
	}}
}
