package cmd

import (
	"context"
	"errors"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify/report"
)

// env is the node that a changing verb works on.
func (d *Deps) env(ctx context.Context) (change.Env, error) {
	host, err := d.Host(ctx, d.Settings)
	if err != nil {
		return change.Env{}, err
	}
	who := change.WhoRuns(d.Getenv)
	if d.Caller != nil {
		who = *d.Caller
	}
	return change.Env{
		Host: host, Observe: d.observing(), Now: d.Now, Progress: d.progress(), Who: who, Self: d.Self,
	}, nil
}

// runChange is the way of every verb that changes the node.
func runChange(ctx context.Context, d *Deps, o *changeOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.dryRun {
		return runPlan(ctx, d, o)
	}
	return d.changing(ctx, func(ctx context.Context, env change.Env) error {
		out, err := change.Run(ctx, env, o.Request)
		return d.printChange(out, err, o.diff)
	})
}

// printChange prints the answer of a changing verb, with the error of one that failed.
func (d *Deps) printChange(out change.Outcome, err error, diff bool) error {
	var drift *plan.DriftError
	switch {
	case err != nil && out.Failed == nil && errors.As(err, &drift):
		for _, f := range drift.Files {
			d.progress().Print(report.EscapeLines(f.ThreeWay()))
		}
		if !out.Complete {
			return err
		}
		fallthrough
	case err != nil && out.Complete:
		d.answered = true // the document on stdout is this answer, not one about an error
		d.fail(err)
	case err != nil:
		return err
	}
	changed := out.Changed && (out.Failed == nil || out.Failed.Undo != nil) || out.Recovered.ID != ""
	return d.printDone(out.Report(diff).Document(exitCode(err), changed))
}

// printDone prints the answer of what is done: a stdout that is gone does not change what
// was done, nor the exit code that says so.
func (d *Deps) printDone(doc report.Document) error {
	err := d.printResult(doc)
	var said answered
	if err == nil || errors.As(err, &said) {
		return err
	}
	d.say("%v", err)
	return answered{doc.ExitCode}
}
