package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

const statusLong = `Show the state of Evented PLEG on this node, its cause and what to do next, and
where each setting comes from. It changes nothing and waits for nothing. With
-v it adds the evidence for each rung and everything that was read.`

func newStatusCommand(d *Deps) *cobra.Command {
	var o monitorOptions
	c := &cobra.Command{
		Use:   "status",
		Short: "Show the state of Evented PLEG on this node",
		Long:  statusLong,
		Example: `  plegctl status
  plegctl status -o nagios --exit-as nagios
  plegctl status --textfile /var/lib/node_exporter/plegctl.prom`,
		Annotations: cli.ExitStatus("0 works or off, 3 needs attention, 4 inconclusive"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return o.wrap(runStatus(c.Context(), d, o)) },
	}
	o.flags(c)
	return c
}

func runStatus(ctx context.Context, d *Deps, o monitorOptions) error {
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	_, _, facts, err := d.look(ctx, true)
	if err != nil {
		return err
	}
	v := verify.Judge(facts)
	return o.print(d, facts, v, report.StatusDocument(facts, v, d.nodeName(facts)))
}
