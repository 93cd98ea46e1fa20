package cmd

import (
	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/plan"
)

func newEnableCommand(d *Deps) *cobra.Command {
	o := newChangeOptions(plan.GoalEnable)
	c := &cobra.Command{
		Use:   "enable",
		Short: "Turn Evented PLEG on, prove it, or roll back",
		Long: `Turn on the feature gate EventedPLEG and the runtime's container events, restart
what must restart in the right order, and verify. If a step fails, plegctl rolls the change
back: the node is then byte for byte as before.

A combination of versions that is known to break pods is refused; --accept-risk NAME is
the only way past, and is recorded.`,
		Example: `  plegctl enable --reason "change 4711"
  plegctl enable --confirm-within 5m    # undoes itself unless: plegctl confirm
  plegctl enable --dry-run --diff
  plegctl enable --root /mnt/image      # files only`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o.LevelSet = c.Flags().Changed("level")
			return runChange(c.Context(), d, o)
		},
	}
	o.planFlags(c)
	o.showFlags(c)
	o.runFlags(c)
	o.proofFlags(c)
	c.Flags().StringVar(&o.Level, "level", "connected", "rung that must be seen; without this flag the best that can be had is enough")
	c.Flags().BoolVar(&o.Couple, "couple", false, "restart the kubelet whenever its runtime has started again")
	c.Flags().DurationVar(&o.ConfirmWithin, "confirm-within", 0, "undo the change after this time unless `plegctl confirm` was run")
	return c
}
