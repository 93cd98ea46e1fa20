package cmd

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/logscan"
)

// planBody is a plan in JSON.
type planBody struct {
	Goal    string     `json:"goal"`
	Pending bool       `json:"pending"`
	Staged  bool       `json:"staged"`
	Steps   []string   `json:"steps"`
	Files   []fileBody `json:"files"`
	// Restarts are the units that stop, start or restart.
	Restarts []string       `json:"restarts"`
	Diff     string         `json:"diff,omitempty"`
	Notes    []string       `json:"notes,omitempty"`
	Accepted []string       `json:"accepted,omitempty"`
	Refusals []plan.Refusal `json:"refusals,omitempty"`
	Drift    []driftBody    `json:"drift,omitempty"`
}

type fileBody struct {
	Path string `json:"path"`
	// Action is create, edit or remove.
	Action string `json:"action"`
}

type driftBody struct {
	Path string `json:"path"`
	Diff string `json:"diff"`
}

// showPlan gives the plan as the answer, with what stands in its way. refused is the error
// that came with it; one that is neither a refusal nor drift ends the command.
func (c *change) showPlan(o *changeOptions, p plan.Plan, refused error) error {
	var reasons *plan.RefusedError
	var drift *plan.DriftError
	a := answer{kind: "Plan"}
	switch {
	case errors.As(refused, &reasons):
		a.code = ExitCode(reasons.ExitCode())
	case errors.As(refused, &drift):
		a.code = ExitRefused
	case refused != nil:
		return refused
	case o.exitCode && !p.Empty():
		a.code = ExitPending
	}
	body := bodyOf(o, p, reasons, drift)
	a.body, a.short = body, shortPlan(body)
	a.text = func(w io.Writer) error { return textPlan(w, body) }
	return c.d.give(a)
}

func bodyOf(o *changeOptions, p plan.Plan, reasons *plan.RefusedError, drift *plan.DriftError) planBody {
	b := planBody{
		Goal: string(o.goal), Pending: !p.Empty(), Staged: p.Staged, Steps: p.Lines(), Files: filesOf(p),
		Restarts: append([]string{}, p.Restarts()...), Notes: p.Notes, Accepted: p.Accepted,
	}
	if o.diff {
		b.Diff = p.Diff()
	}
	if reasons != nil {
		b.Refusals = reasons.Reasons
	}
	if drift != nil {
		for _, f := range drift.Files {
			b.Drift = append(b.Drift, driftBody{f.Path, f.ThreeWay()})
		}
	}
	return b
}

func filesOf(p plan.Plan) []fileBody {
	files := []fileBody{}
	for _, c := range p.Changes() {
		action := "edit"
		switch {
		case !c.Before.Exists:
			action = "create"
		case !c.After.Exists:
			action = "remove"
		}
		files = append(files, fileBody{c.Path, action})
	}
	return files
}

func shortPlan(b planBody) string {
	switch {
	case len(b.Refusals) > 0:
		return fmt.Sprintf("%s refused: %s", b.Goal, b.Refusals[0].Text)
	case len(b.Drift) > 0:
		return fmt.Sprintf("%s refused: %s changed since", b.Goal, b.Drift[0].Path)
	case !b.Pending:
		return b.Goal + ": nothing to do"
	}
	return fmt.Sprintf("%s: %d files, %d units", b.Goal, len(b.Files), len(b.Restarts))
}

func textPlan(w io.Writer, b planBody) error {
	var out strings.Builder
	switch {
	case !b.Pending && len(b.Refusals)+len(b.Drift) == 0:
		fmt.Fprintf(&out, "%s: nothing to do\n", b.Goal)
	case b.Pending:
		fmt.Fprintf(&out, "%s would:\n", b.Goal)
	}
	for i, step := range b.Steps {
		fmt.Fprintf(&out, "%3d. %s\n", i+1, step)
	}
	if b.Staged && b.Pending {
		out.WriteString("Nothing is restarted: it takes effect when the daemons start next.\n")
	}
	if b.Diff != "" {
		out.WriteString("\n" + escapeLines(b.Diff))
	}
	for _, note := range b.Notes {
		fmt.Fprintf(&out, "note: %s\n", logscan.Escape(note))
	}
	for _, r := range b.Refusals {
		fmt.Fprintf(&out, "refused (%s): %s\n", r.Code, logscan.Escape(r.String()))
		if r.Do != "" {
			fmt.Fprintf(&out, "    do: %s\n", logscan.Escape(r.Do))
		}
		if r.Risk != "" {
			fmt.Fprintf(&out, "    or accept it by name: --accept-risk %s\n", r.Risk)
		}
	}
	for _, d := range b.Drift {
		fmt.Fprintf(&out, "changed since by somebody else: %s\n%s", d.Path, escapeLines(d.Diff))
	}
	if len(b.Drift) > 0 {
		out.WriteString("`plegctl rollback --force` overwrites it and keeps a copy beside the record\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// escapeLines keeps the lines and tabs of a diff and makes all else in it safe to print.
func escapeLines(s string) string {
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
