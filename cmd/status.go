package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

type statusOptions struct {
	textfile string
}

const statusLong = `Show on one screen what is there and what it means: versions, the effective gate
and where it comes from, the runtime's events, the evidence for each rung, and
what plegctl itself has done here. Nothing is changed and nothing is waited for.

Exit codes: 0 works or off, 3 a state that needs a hand (half, restart-pending,
fell-back, harmful), 4 inconclusive.`

func newStatusCommand(d *Deps) *cobra.Command {
	var o statusOptions
	c := &cobra.Command{
		Use:   "status",
		Short: "Show the state of Evented PLEG on this node",
		Long:  statusLong,
		Example: `  plegctl status
  plegctl status -o short
  plegctl status --textfile /var/lib/node_exporter/plegctl.prom`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runStatus(c.Context(), d, o) },
	}
	c.Flags().StringVar(&o.textfile, "textfile", "", "write the verdict as Prometheus metrics to this `file` too")
	return c
}

func runStatus(ctx context.Context, d *Deps, o statusOptions) error {
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	_, _, facts, err := d.look(ctx, true)
	if err != nil {
		return err
	}
	v := verify.Judge(facts)
	if err := writeTextfile(o.textfile, facts, v); err != nil {
		return err
	}
	return d.printResult(report.StatusDocument(facts, v))
}
