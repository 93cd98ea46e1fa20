package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

type preflightOptions struct {
	*changeOptions
	selection verify.Selection
	failOn    string
}

const preflightLong = `Check whether this node is ready for Evented PLEG before anything is changed.
It prints what failed; -v prints all checks. Each has a code that
"plegctl explain CODE" explains. With --root, checks of a running system are
skipped.`

func newPreflightCommand(d *Deps) *cobra.Command {
	o := preflightOptions{changeOptions: newChangeOptions(plan.GoalEnable)}
	c := &cobra.Command{
		Use:   "preflight",
		Short: "Check whether this node is ready for the change",
		Long:  preflightLong,
		Example: `  plegctl preflight
  plegctl preflight --skip PLEG-NODE-DRAINED --fail-on advisory
  plegctl preflight --root /mnt/image --kubelet-version 1.36.3 -o sarif`,
		Annotations: cli.ExitStatus("0 ready, 3 a required check failed, 4 inconclusive"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runPreflight(c.Context(), d, o) },
	}
	cli.SomeOf(c, &o.selection.Skip, "skip", checkCodes(), "leave out the checks with these `CODES`")
	cli.SomeOf(c, &o.selection.Only, "only", checkCodes(), "run only the checks with these `CODES`")
	o.planFlags(c)
	cli.OneOf(c, &o.failOn, "fail-on", "required", []string{"required", "advisory"}, "the `LEVEL` of check that fails the run: required or advisory")
	return c
}

func checkCodes() []string {
	var codes []string
	for _, c := range verify.Checks() {
		codes = append(codes, c.Code)
	}
	return codes
}

func runPreflight(ctx context.Context, d *Deps, o preflightOptions) error {
	if err := o.changeOptions.check(); err != nil {
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
	return d.printResult(report.PreflightDocument(facts, r.Select(o.selection), d.nodeName(facts), o.failOn == "advisory"))
}
