package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/settings"
	"github.com/plegctl/plegctl/verify/report"
)

// The two ends of a change that waits for its confirmation: confirm keeps it, and revert, which
// the guard runs, undoes it.

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

// newRevertCommand is what the guard of a change runs. It reads no configuration file and
// no environment: what could be damaged must not keep it from its work.
func newRevertCommand(d *Deps) *cobra.Command {
	var q change.RevertRequest
	c := &cobra.Command{
		Use: "revert", Hidden: true, Args: noArgs,
		Short: "Undo a change unless it is made and confirmed (run by systemd)",
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			d.Settings = settings.OfFlags(c.Flags())
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return runRevert(c.Context(), d, q) },
	}
	c.Flags().StringVar(&q.ID, "record", "", "the `record` to undo")
	c.Flags().BoolVar(&q.Guard, "guard", false, "undo it only if it was not finished")
	c.Flags().BoolVar(&q.Boot, "boot", false, "undo it whatever time is left, and restart nothing")
	c.Flags().StringVar(&q.UnlessBoot, "unless-boot", "", "do nothing in the boot with this `id`")
	return c
}

func runRevert(ctx context.Context, d *Deps, q change.RevertRequest) error {
	env, err := d.env(ctx)
	if err != nil {
		return err
	}
	out, err := change.Revert(ctx, env, q)
	if err == nil && out.ID == "" {
		return d.printDone(report.Recover{Record: out.Recovered.ID, Outcome: string(out.Recovered.Outcome)}.Document())
	}
	return d.printChange(out, err, false)
}
