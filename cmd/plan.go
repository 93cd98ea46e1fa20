package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/plan"
)

func newPlanCommand(d *Deps) *cobra.Command {
	o := newChangeOptions("")
	c := &cobra.Command{
		Use:   "plan [enable|disable|rollback]",
		Short: "Show what enable, disable or rollback would do",
		Long: `Show what enable (the default), disable or rollback would do on this node: which
bytes change, which units restart, in which order. It changes nothing.`,
		Annotations: cli.ExitStatus("0 planned, 3 refused, 4 inconclusive, 7 drift, 10 with --exit-code"),
		Example:     "  plegctl plan\n  plegctl plan rollback\n  plegctl plan --root /mnt/image --exit-code",
		ValidArgs:   []string{"enable", "disable", "rollback"},
		Args: func(_ *cobra.Command, args []string) error {
			goals := []string{"enable", "disable", "rollback"}
			switch {
			case len(args) == 0:
				args = goals[:1]
			case len(args) > 1:
				return usage(fmt.Errorf("unexpected argument %q", args[1]), "name one of enable, disable, rollback")
			}
			for _, goal := range goals {
				if args[0] == goal {
					o.Goal = plan.Goal(goal)
					return nil
				}
			}
			return usage(fmt.Errorf("unknown goal %q", args[0]), "name one of enable, disable, rollback")
		},
		RunE: func(c *cobra.Command, _ []string) error { return runPlan(c.Context(), d, o) },
	}
	o.planFlags(c)
	o.showFlags(c)
	o.proofFlags(c)
	c.Flags().BoolVar(&o.Couple, "couple", false, "also plan to restart the kubelet after its runtime")
	c.Flags().BoolVar(&o.Force, "force", false, "plan to overwrite what another program changed")
	return c
}

func runPlan(ctx context.Context, d *Deps, o *changeOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	env, err := d.env(ctx)
	if err != nil {
		return err
	}
	p, err := change.Plan(ctx, env, o.Request)
	var refused *plan.RefusedError
	var drift *plan.DriftError
	code := exitCode(err)
	switch {
	case err != nil && !errors.As(err, &refused) && !errors.As(err, &drift):
		return err
	case err == nil && o.exitCode && !p.Empty():
		code = ExitPending
	}
	return d.printResult(change.PlanReport(o.Request, p, err, o.diff).Document(code))
}
