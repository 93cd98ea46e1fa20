package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

type preflightOptions struct {
	*changeOptions
	selection verify.Selection
	failOn    string
}

const preflightLong = `Check whether this node is ready for Evented PLEG, before anything is changed.
Each check has a code; "plegctl explain CODE" says what it looks at, why, and
what to do. With --root an image is checked, and what needs a running system is
skipped by name.

Exit codes: 0 ready, 3 a required check failed (or no check ran), 4 something
required could not be seen.`

func newPreflightCommand(d *Deps) *cobra.Command {
	o := preflightOptions{changeOptions: newChangeOptions(plan.GoalEnable)}
	c := &cobra.Command{
		Use:   "preflight",
		Short: "Check whether this node is ready for the change",
		Long:  preflightLong,
		Example: `  plegctl preflight
  plegctl preflight --skip PLEG-NODE-DRAINED --fail-on advisory
  plegctl preflight --root /mnt/image --kubelet-version 1.36.3 -o sarif`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runPreflight(c.Context(), d, o) },
	}
	c.Flags().StringSliceVar(&o.selection.Skip, "skip", nil, "leave out the checks with these `codes`")
	c.Flags().StringSliceVar(&o.selection.Only, "only", nil, "run only the checks with these `codes`")
	o.planFlags(c)
	c.Flags().StringVar(&o.failOn, "fail-on", "required", "the `level` of check that fails the run: required or advisory")
	return c
}

func (o preflightOptions) check() error {
	if err := o.changeOptions.check(); err != nil {
		return err
	}
	if o.failOn != string(verify.Required) && o.failOn != string(verify.Advisory) {
		return usage(fmt.Errorf("--fail-on %q", o.failOn), "use required or advisory")
	}
	var codes []string
	for _, c := range verify.Checks() {
		codes = append(codes, c.Code)
	}
	for _, code := range slices.Concat(o.selection.Only, o.selection.Skip) {
		if !slices.Contains(codes, code) {
			return usage(fmt.Errorf("there is no check %q", code), "the codes are: "+strings.Join(codes, ", "))
		}
	}
	return nil
}

func runPreflight(ctx context.Context, d *Deps, o preflightOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	if err := d.credentials(); err != nil {
		return err
	}
	env, err := d.env(ctx)
	if err != nil {
		return err
	}
	facts, r, err := change.Preflight(ctx, env, o.Request)
	if err != nil {
		return err
	}
	return d.printResult(report.PreflightDocument(facts, r.Select(o.selection), o.failOn == string(verify.Advisory)))
}
