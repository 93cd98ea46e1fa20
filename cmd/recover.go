package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/verify/report"
)

func newRecoverCommand(d *Deps) *cobra.Command {
	var q change.RecoverRequest
	c := &cobra.Command{
		Use:   "recover",
		Short: "Finish or undo an interrupted change",
		Long: `Undo a change that a crash or a power cut interrupted, or finish an interrupted
rollback. Every changing command does this first. recover also undoes a change
that was not confirmed in time. With --boot it undoes an unconfirmed change
whatever time is left, and restarts nothing.`,
		Annotations: cli.ExitStatus("0 done or nothing to do, 6 manual steps, 7 drift or locked"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runRecover(c.Context(), d, q) },
	}
	c.Flags().BoolVar(&q.Boot, "boot", false, "undo an unconfirmed change, as after a reboot")
	c.Flags().BoolVar(&q.Force, "force", false, "overwrite what another program changed; a copy is kept")
	c.Flags().BoolVar(&q.Leave, "leave", false, "keep what another program changed")
	c.MarkFlagsMutuallyExclusive("force", "leave")
	return c
}

func runRecover(ctx context.Context, d *Deps, q change.RecoverRequest) error {
	return d.changing(ctx, func(ctx context.Context, env change.Env) error {
		q.Patient = d.killed != nil
		out, undone, err := change.Recover(ctx, env, q)
		if d.killed != nil {
			*d.killed = out.Recovered.Outcome
		}
		if undone || err != nil {
			return d.printChange(out, err, false)
		}
		body := report.Recover{Record: out.Recovered.ID, Outcome: string(out.Recovered.Outcome)}
		return d.printDone(body.Document())
	})
}
