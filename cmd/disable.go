package cmd

import (
	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/plan"
)

func newDisableCommand(d *Deps) *cobra.Command {
	o := newChangeOptions(plan.GoalDisable)
	c := &cobra.Command{
		Use:   "disable",
		Short: "Turn Evented PLEG off, with or without a record",
		Long: `Turn the feature gate off, and the runtime's container events too where plegctl
turned them on. It needs no record; where there is one, what plegctl wrote is rolled
back byte for byte. To return to how the node was before plegctl, use rollback.`,
		Example: "  plegctl disable --reason \"back to polling\"\n  plegctl disable --dry-run --diff",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return runChange(c.Context(), d, o) },
	}
	o.planFlags(c)
	o.showFlags(c)
	o.runFlags(c)
	o.proofFlags(c)
	return c
}

func newRollbackCommand(d *Deps) *cobra.Command {
	o := newChangeOptions(plan.GoalRollback)
	c := &cobra.Command{
		Use:   "rollback",
		Short: "Bring the node back to how it was before plegctl, byte for byte",
		Long: `Bring every file back to the bytes, mode and owner that it had before plegctl
changed it, and restart what read it. A file that another program changed since is shown,
and the rollback is refused; --force overwrites it and keeps a copy beside the record.`,
		Example: "  plegctl rollback\n  plegctl rollback --to 000003-enable    # only this change and those after it",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return runChange(c.Context(), d, o) },
	}
	o.showFlags(c)
	o.runFlags(c)
	o.proofFlags(c)
	o.restartFlag(c)
	c.Flags().BoolVar(&o.Force, "force", false, "overwrite what another program changed since; a copy is kept")
	c.Flags().StringVar(&o.To, "to", "", "undo only this `record` and those after it")
	return c
}
