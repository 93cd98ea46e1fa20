package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/plegctl/plegctl/logscan"
)

// Plan is the JSON body of a plan.
type Plan struct {
	Goal    string       `json:"goal"`
	Pending bool         `json:"pending"`
	Staged  bool         `json:"staged"`
	Steps   []string     `json:"steps"`
	Files   []FileAction `json:"files"`
	// Restarts are the units that stop, start or restart.
	Restarts []string `json:"restarts"`
	Diff     string   `json:"diff,omitempty"`
	Notes    []string `json:"notes,omitempty"`
	// Warnings are what the restarts of the plan risk.
	Warnings []string `json:"warnings,omitempty"`
	Accepted []string `json:"accepted,omitempty"`
	// Problems are the reasons why the plan was refused.
	Problems []Problem `json:"problems"`
	Refusals []Refusal `json:"-"`
	Drift    []Drift   `json:"drift,omitempty"`
}

// FileAction is what happens to one file.
type FileAction struct {
	Path string `json:"path"`
	// Action is create, edit or remove.
	Action string `json:"action"`
}

// Drift is a file that another program changed since, with both differences.
type Drift struct {
	Path string `json:"path"`
	Diff string `json:"diff"`
}

// Document returns the plan as the answer of a verb.
func (p Plan) Document(exitCode int) Document {
	p.Problems = refusalProblems(p.Refusals)
	return Document{Kind: "Plan", ExitCode: exitCode, Body: p, Short: p.short(), Text: p.text}
}

func (p Plan) short() string {
	switch {
	case len(p.Refusals) > 0:
		return fmt.Sprintf("%s refused: %s", p.Goal, p.Refusals[0].Text)
	case len(p.Drift) > 0:
		return fmt.Sprintf("%s refused: %s changed since", p.Goal, p.Drift[0].Path)
	case !p.Pending:
		return p.Goal + ": nothing to do"
	}
	return fmt.Sprintf("%s: %s, %s", p.Goal, count(len(p.Files), "file"), count(len(p.Restarts), "unit"))
}

func (p Plan) text(w io.Writer, s Style) error {
	var out strings.Builder
	switch {
	case !p.Pending && len(p.Refusals)+len(p.Drift) == 0:
		fmt.Fprintf(&out, "%s: nothing to do\n", p.Goal)
	case p.Pending:
		fmt.Fprintf(&out, "%s would:\n", p.Goal)
	}
	for i, step := range p.Steps {
		fmt.Fprintf(&out, "%3d. %s\n", i+1, logscan.Escape(step))
	}
	if p.Staged && p.Pending {
		out.WriteString("Nothing is restarted: it takes effect when the daemons start next.\n")
	}
	if p.Diff != "" {
		out.WriteString("\n" + EscapeLines(p.Diff))
	}
	for _, warning := range p.Warnings {
		out.WriteString(line("warning:", 9, warning))
	}
	out.WriteString(p.notes())
	if len(p.Refusals) > 0 {
		fmt.Fprintf(&out, "%s refused: %s\n\n%s", p.Goal, count(len(p.Refusals), "reason"), Refusals(p.Refusals, s))
	}
	for _, d := range p.Drift {
		fmt.Fprintf(&out, "changed since by another program: %s\n%s", logscan.Escape(d.Path), EscapeLines(d.Diff))
	}
	if len(p.Drift) > 0 {
		out.WriteString("`plegctl rollback --force` overwrites it and keeps a copy beside the record\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// notes are printed last, one line each.
func (p Plan) notes() string {
	var b strings.Builder
	for _, note := range p.Notes {
		b.WriteString(line("note:", 6, note))
	}
	return b.String()
}

// EscapeLines keeps the lines and tabs of a diff and makes all else in it safe to print.
func EscapeLines(s string) string {
	var out strings.Builder
	for line := range strings.Lines(s) {
		text, nl := strings.CutSuffix(line, "\n")
		for i, cell := range strings.Split(text, "\t") {
			if i > 0 {
				out.WriteByte('\t')
			}
			out.WriteString(logscan.Escape(cell))
		}
		if nl {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
