package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/cli"
)

func newHistoryCommand(d *Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "history",
		Short: "List the changes that plegctl made on this node",
		Long: `List the changes that plegctl made on this node, newest first: when, who, why,
and how each ended. The cause of a failure stays in the list.`,
		Annotations: cli.ExitStatus("0 listed, 1 the history cannot be read"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runHistory(c.Context(), d) },
	}
}

func runHistory(ctx context.Context, d *Deps) error {
	env, err := d.env(ctx)
	if err != nil {
		return err
	}
	body, err := change.History(env)
	if err != nil {
		return err
	}
	return d.printResult(body.Document())
}
