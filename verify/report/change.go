package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/plegctl/plegctl/logscan"
)

// Change is the JSON body of a change that was made, or that had nothing to do.
type Change struct {
	Plan
	// Record is the transaction; empty when there was nothing to do.
	Record string `json:"record,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Recovered is the interrupted change that was recovered before.
	Recovered string `json:"recovered,omitempty"`
	// Found is what the verification at the end saw.
	Found string `json:"found,omitempty"`
	// Pods is there when something was restarted.
	Pods *Pods `json:"pods,omitempty"`
	// ConfirmBy is when the change is reverted unless it is confirmed.
	ConfirmBy string `json:"confirmBy,omitempty"`
	// Error, RolledBack and ManualSteps are there when it failed.
	Error       string   `json:"error,omitempty"`
	RolledBack  bool     `json:"rolledBack,omitempty"`
	ManualSteps []string `json:"manualSteps,omitempty"`

	// State and Rung are in the envelope around the body.
	State string `json:"-"`
	Rung  string `json:"-"`
}

// Document returns the change as the answer of a verb; changed reports whether the node is
// not as it was before.
func (c Change) Document(exitCode int, changed bool) Document {
	c.Problems = refusalProblems(c.Refusals)
	return Document{Kind: "Change", State: c.State, Rung: c.Rung, Changed: changed, ExitCode: exitCode, Body: c, Short: c.short(), Text: c.text}
}

func (c Change) short() string {
	switch {
	case c.RolledBack:
		return c.Goal + ": failed and rolled back"
	case c.Error != "":
		return c.Goal + ": failed, and so did the rollback"
	case len(c.Steps) == 0 && c.Recovered != "":
		return fmt.Sprintf("%s: recovered %s; nothing else to do", c.Goal, c.Recovered) + c.state()
	case len(c.Steps) == 0:
		return c.Goal + ": nothing to do" + c.state()
	case c.State != "":
		return c.Goal + ": done" + c.state()
	case c.Staged:
		return c.Goal + ": files written, nothing restarted"
	}
	return c.Goal + ": done"
}

func (c Change) text(w io.Writer, _ Style) error {
	var out strings.Builder
	fmt.Fprintln(&out, c.short())
	if c.Found != "" {
		fmt.Fprintf(&out, "  %s\n", logscan.Escape(c.Found))
	}
	if c.Pods != nil {
		fmt.Fprintf(&out, "  %s\n", logscan.Escape(c.Pods.String()))
	}
	for _, f := range c.Files {
		if len(c.Steps) > 0 && c.Error == "" {
			fmt.Fprintf(&out, "  %s %s\n", f.Action, logscan.Escape(f.Path))
		}
	}
	if c.Diff != "" {
		out.WriteString(EscapeLines(c.Diff))
	}
	if c.Record != "" {
		fmt.Fprintf(&out, "  record: %s\n", c.Record)
	}
	if c.ConfirmBy != "" {
		fmt.Fprintf(&out, "  reverts at %s unless you run: plegctl confirm\n", c.ConfirmBy)
	}
	out.WriteString(c.notes())
	if c.Error != "" {
		out.WriteString("  report: plegctl bundle prints what a bug report needs\n")
	}
	for _, line := range c.ManualSteps {
		fmt.Fprintf(&out, "  manual step: %s\n", logscan.Escape(line))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (c Change) state() string {
	if c.State == "" {
		return ""
	}
	return fmt.Sprintf("; %s (%s)", c.State, c.Rung)
}

// Confirm is the JSON body of a change that was confirmed.
type Confirm struct {
	Record string `json:"record"`
}

// Document returns the confirmation as the answer of a verb.
func (c Confirm) Document() Document {
	return Document{Kind: "Confirm", Changed: true, Body: c, Short: "confirm: " + c.Record + " stays"}
}

// Recover is the JSON body of a recovery.
type Recover struct {
	// Record is the transaction that was open, empty if none was; Outcome is how it ended.
	Record  string `json:"record,omitempty"`
	Outcome string `json:"outcome,omitempty"`
}

// Document returns the recovery as the answer of a verb.
func (r Recover) Document() Document {
	return Document{Kind: "Recover", Changed: r.Record != "", Body: r, Short: r.short()}
}

func (r Recover) short() string {
	switch r.Outcome {
	case "rolled-back":
		return "recover: " + r.Record + " was interrupted and is rolled back"
	case "committed":
		return "recover: the rollback " + r.Record + " was interrupted and is finished"
	}
	return "recover: no change was interrupted"
}
