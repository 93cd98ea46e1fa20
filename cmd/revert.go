package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/settings"
	"github.com/plegctl/plegctl/verify/report"
)

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
