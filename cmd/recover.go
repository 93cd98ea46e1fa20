package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/verify/report"
)

func newRecoverCommand(d *Deps) *cobra.Command {
	var q change.RecoverRequest
	c := &cobra.Command{
		Use:   "recover",
		Short: "Finish or undo an interrupted change",
		Long: `Undo a change that a crash or a power cut left half done, or finish a rollback that
was. Every changing command does this first. It also undoes a change whose time for
confirmation is over.

With --boot, a change that waits for its confirmation is undone whatever time is left:
the timer that would have done it did not survive the reboot.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runRecover(c.Context(), d, q) },
	}
	c.Flags().BoolVar(&q.Boot, "boot", false, "undo a change that waits for its confirmation, as after a reboot")
	c.Flags().BoolVar(&q.Force, "force", false, "overwrite what another program changed meanwhile; a copy is kept")
	c.Flags().BoolVar(&q.Leave, "leave", false, "leave what another program changed meanwhile as it is")
	c.MarkFlagsMutuallyExclusive("force", "leave")
	return c
}

func runRecover(ctx context.Context, d *Deps, q change.RecoverRequest) error {
	return d.changing(ctx, func(ctx context.Context, env change.Env) error {
		out, undone, err := change.Recover(ctx, env, q)
		if undone || err != nil {
			return d.printChange(out, err, false)
		}
		body := report.Recover{Record: out.Recovered.ID, Outcome: string(out.Recovered.Outcome)}
		return d.printDone(body.Document())
	})
}
