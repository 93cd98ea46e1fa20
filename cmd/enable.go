package cmd

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/plan"
)

func newEnableCommand(d *Deps) *cobra.Command {
	o := newChangeOptions(plan.GoalEnable)
	c := &cobra.Command{
		Use:   "enable",
		Short: "Turn Evented PLEG on, prove that it works, or roll back",
		Long: `Turn Evented PLEG on, prove that it works, or roll back.

plegctl sets the kubelet's feature gate and the runtime's container events,
restarts what must restart, and verifies. If a step fails, it rolls the change
back: the node is then byte for byte as before. Combinations of versions that
break pods are refused. Drain the node first.`,
		Example: `  plegctl enable --reason "change 4711"
  plegctl enable --confirm-within 5m  # reverts unless you run: plegctl confirm
  plegctl enable --root /mnt/image    # files only`,
		Annotations: cli.ExitStatus("0 done, 3 refused, 4 inconclusive, 5 rolled back, 6 manual steps, 7 drift or locked"),
		Args:        noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o.Strict = c.Flags().Changed("level")
			if o.NoRecord && !d.Settings.Offline() && !o.dryRun {
				return usage(errors.New("--no-record is for images only"), "add --root DIR, or leave it out")
			}
			return runChange(c.Context(), d, o)
		},
	}
	o.planFlags(c)
	o.showFlags(c)
	o.runFlags(c)
	o.proofFlags(c)
	cli.OneOf(c, &o.Level, "level", "connected", rungNames(), "fail below this `RUNG`; without it, the best that can be seen counts")
	c.Flags().BoolVar(&o.Couple, "couple", false, "restart the kubelet after each runtime restart")
	c.Flags().BoolVar(&o.NoRecord, "no-record", false, "leave no record in the image (--root)")
	c.Flags().DurationVar(&o.ConfirmWithin, "confirm-within", 0, "revert after this time unless confirmed")
	return c
}
