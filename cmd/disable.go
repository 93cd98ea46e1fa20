package cmd

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/settings"
)

func newDisableCommand(d *Deps) *cobra.Command {
	o := newChangeOptions(plan.GoalDisable)
	c := &cobra.Command{
		Use:   "disable",
		Short: "Turn Evented PLEG off, whoever turned it on",
		Long: `Turn the feature gate off, and the runtime's container events if plegctl turned
them on. What plegctl wrote is rolled back byte for byte. To restore the node as
it was before plegctl, use rollback.`,
		Annotations: cli.ExitStatus("0 done, 3 refused, 4 inconclusive, 5 rolled back, 6 manual steps, 7 drift or locked"),
		Example:     "  plegctl disable --reason \"back to polling\"\n  plegctl disable --dry-run",
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runChange(c.Context(), d, o) },
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
		Short: "Undo the changes of plegctl, byte for byte",
		Long: `Restore bytes, mode and owner of every file that plegctl changed, and restart
the units that read them. If another program changed such a file elsewhere, only
plegctl's own lines are taken out and the rest stays. If it changed these lines,
rollback shows the difference and refuses; --force restores the whole file. A
copy is kept either way.`,
		Example:     "  plegctl rollback\n  plegctl rollback --to 000003-enable",
		Annotations: cli.ExitStatus("0 done, 3 not off, 4 inconclusive, 5 failed and undone, 6 manual steps, 7 drift or locked"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runChange(c.Context(), d, o) },
	}
	o.showFlags(c)
	o.runFlags(c)
	o.proofFlags(c)
	o.restartFlag(c)
	c.Flags().BoolVar(&o.Force, "force", false, "overwrite what another program changed; a copy is kept")
	c.Flags().StringVar(&o.To, "to", "", "undo only this `RECORD` and those after it")
	cli.CompleteBy(c, "to", recordIDs)
	return c
}

// recordIDs are the changes in the history, as far as this user can read it.
func recordIDs(c *cobra.Command) []string {
	o := settings.OfFlags(c.Flags())
	files, _ := filepath.Glob(filepath.Join(o.Root, o.StateDir, "[0-9]*-*"))
	for i, file := range files {
		name := filepath.Base(file)
		files[i] = strings.TrimSuffix(name, filepath.Ext(name))
	}
	return files
}
