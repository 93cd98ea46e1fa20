package cmd

import (
	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/plan"
)

func newCoupleCommand(d *Deps) *cobra.Command {
	o := newChangeOptions(plan.GoalCouple)
	c := &cobra.Command{
		Use:   "couple",
		Short: "Restart the kubelet whenever its runtime has started again",
		Long: `A kubelet loses its event stream for good when the runtime restarts, and polls until
it is restarted itself (kubernetes/kubernetes#129827). This installs a unit drop-in for the
runtime that restarts a running kubelet whenever the runtime has started again: after a
restart, a crash, or a stop and a later start. Nothing happens at boot.`,
		Example: "  plegctl couple\n  plegctl enable --couple",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return runChange(c.Context(), d, o) },
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
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return runChange(c.Context(), d, o) },
	}
	o.showFlags(c)
	o.runFlags(c)
	return c
}
