package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/verify/report"
)

func newConfirmCommand(d *Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "confirm",
		Short: "Keep a change that was made with --confirm-within",
		Long: `Keep a change that was made with --confirm-within. Without it, the change is
reverted when its time is over, also after a lost connection or a reboot.`,
		Annotations: cli.ExitStatus("0 confirmed, 1 no change waits, 7 locked"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runConfirm(c.Context(), d) },
	}
}

func runConfirm(ctx context.Context, d *Deps) error {
	return d.changing(ctx, func(ctx context.Context, env change.Env) error {
		id, err := change.Confirm(ctx, env)
		if err != nil {
			return err
		}
		return d.printDone(report.Confirm{Record: id}.Document())
	})
}
