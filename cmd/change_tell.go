package cmd

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/logscan"
)

// changeBody is a change that was made, or that had nothing to do, in JSON.
type changeBody struct {
	planBody
	// Record is the transaction; empty when there was nothing to do.
	Record string `json:"record,omitempty"`
	Reason string `json:"reason,omitempty"`
	Found  string `json:"found,omitempty"`
	// ConfirmBy is when the change undoes itself unless it is confirmed.
	ConfirmBy string `json:"confirmBy,omitempty"`
	// Error, Mend and RolledBack are there when it failed.
	Error      string   `json:"error,omitempty"`
	RolledBack bool     `json:"rolledBack,omitempty"`
	Mend       []string `json:"mend,omitempty"`
}

// refused is the error of a plan that was not made.
func (c *change) refused(err error) error {
	var reasons *plan.RefusedError
	var drift *plan.DriftError
	switch {
	case errors.As(err, &reasons):
		return hint.With(err, reasons.Hint())
	case errors.As(err, &drift):
		for _, f := range drift.Files {
			_, _ = io.WriteString(c.d.Streams.Err, escapeLines(f.ThreeWay()))
		}
		return hint.With(err, "`plegctl rollback --force` overwrites it and keeps a copy beside the record")
	}
	return err
}

// tell gives the answer of a changing verb.
func (c *change) tell(o *changeOptions, p plan.Plan, r apply.Result, err error) error {
	body := changeBody{planBody: bodyOf(o, p, nil, nil), Record: r.ID, Reason: o.reason, Found: r.Verdict.Reason}
	body.Pending = false
	a := answer{kind: "Change", state: r.Verdict.State, rung: r.Verdict.Rung, changed: r.Changed && err == nil}
	if err != nil {
		var failed *apply.FailedError
		if !errors.As(err, &failed) {
			return err
		}
		a.code, body.Error, body.RolledBack, body.Mend = exitCode(err), err.Error(), failed.Undo == nil, failed.Mend
		a.changed = failed.Undo != nil
		c.d.answered = true // the document on stdout is this answer, not one about an error
		if c.d.Settings.Output != "text" {
			err = c.handsNeeded(err)
		}
		if errors.Is(err, hostfs.ErrBusy) {
			err = hint.With(err, "--in-place overwrites such a file; the record keeps the old bytes")
		}
		c.d.fail(err)
	}
	if t, ok := c.confirmBy(r.ID); ok && err == nil {
		body.ConfirmBy = t.UTC().Format(time.RFC3339)
	}
	a.body, a.short = body, shortChange(body, a)
	a.text = func(w io.Writer) error { return textChange(w, body, a) }
	return c.d.giveDone(a)
}

// giveDone gives the answer of what is done: a stdout that is gone does not change what
// was done, nor the exit code that says so.
func (d *Deps) giveDone(a answer) error {
	err := d.give(a)
	var said answered
	if err == nil || errors.As(err, &said) {
		return err
	}
	d.say("%v", err)
	return answered{a.code}
}

func shortChange(b changeBody, a answer) string {
	switch {
	case b.RolledBack:
		return b.Goal + ": failed and rolled back"
	case b.Error != "":
		return b.Goal + ": failed, and so did the rollback"
	case b.Record == "", len(b.Steps) == 0:
		return b.Goal + ": nothing to do"
	case a.state != "":
		return fmt.Sprintf("%s: done; %s (%s)", b.Goal, a.state, a.rung)
	case b.Staged:
		return b.Goal + ": files written, nothing restarted"
	}
	return b.Goal + ": done"
}

func textChange(w io.Writer, b changeBody, a answer) error {
	var out strings.Builder
	fmt.Fprintln(&out, a.short)
	if b.Found != "" {
		fmt.Fprintf(&out, "  seen: %s\n", logscan.Escape(b.Found))
	}
	for _, f := range b.Files {
		if b.Record != "" && b.Error == "" {
			fmt.Fprintf(&out, "  %s %s\n", f.Action, f.Path)
		}
	}
	if b.Diff != "" {
		out.WriteString(escapeLines(b.Diff))
	}
	if b.Record != "" {
		fmt.Fprintf(&out, "  record: %s\n", b.Record)
	}
	if b.ConfirmBy != "" {
		fmt.Fprintf(&out, "  undoes itself at %s unless you run: plegctl confirm\n", b.ConfirmBy)
	}
	for _, line := range b.Mend {
		fmt.Fprintf(&out, "  mend: %s\n", line)
	}
	_, err := io.WriteString(w, out.String())
	return err
}
