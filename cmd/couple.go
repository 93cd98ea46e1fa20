package cmd

import (
	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/plan"
)

func newCoupleCommand(d *Deps) *cobra.Command {
	o := newChangeOptions(plan.GoalCouple)
	c := &cobra.Command{
		Use:   "couple",
		Short: "Restart the kubelet after each restart of its runtime",
		Long: `Restart the kubelet whenever its runtime has started again.

When the runtime restarts, the kubelet loses its event stream and polls until it
is restarted itself (kubernetes/kubernetes#129827). couple installs a unit
drop-in for the runtime that restarts a running kubelet after every start of the
runtime. Nothing happens at boot.`,
		Annotations: cli.ExitStatus("0 done, 3 refused, 4 inconclusive, 5 rolled back, 6 manual steps, 7 drift or locked"),
		Example:     "  plegctl couple\n  plegctl enable --couple",
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runChange(c.Context(), d, o) },
	}
	o.showFlags(c)
	o.runFlags(c)
	o.acceptFlag(c)
	return c
}

func newUncoupleCommand(d *Deps) *cobra.Command {
	o := newChangeOptions(plan.GoalUncouple)
	c := &cobra.Command{
		Use:   "uncouple",
		Short: "Remove the coupling of the kubelet to its runtime",
		Long: `Remove the unit drop-in of couple. The kubelet then polls after a restart of its
runtime until it is restarted itself.`,
		Annotations: cli.ExitStatus("0 done, 3 refused, 4 inconclusive, 5 rolled back, 6 manual steps, 7 drift or locked"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runChange(c.Context(), d, o) },
	}
	o.showFlags(c)
	o.runFlags(c)
	return c
}
