package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

const statusLong = `Show the state of Evented PLEG on this node, its cause and what to do next, and
where each setting comes from. It changes nothing and waits for nothing. With
-v it adds the evidence for each rung and everything that was read.

--watch looks every 2 seconds until Ctrl-C: a terminal is drawn anew, elsewhere
each change of the state is printed. The exit code is that of the last state.`

type statusOptions struct {
	monitorOptions
	watch bool
}

func newStatusCommand(d *Deps) *cobra.Command {
	var o statusOptions
	c := &cobra.Command{
		Use:   "status",
		Short: "Show the state of Evented PLEG on this node",
		Long:  statusLong,
		Example: `  plegctl status
  plegctl status --watch
  plegctl status -o nagios --exit-as nagios
  plegctl status --textfile /var/lib/node_exporter/plegctl.prom`,
		Annotations: cli.ExitStatus("0 works or off, 3 needs attention, 4 inconclusive"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return o.wrap(runStatus(c.Context(), d, o)) },
	}
	o.flags(c)
	c.Flags().BoolVar(&o.watch, "watch", false, "look again and again, until Ctrl-C or --timeout")
	c.MarkFlagsMutuallyExclusive("watch", "bundle")
	return c
}

func runStatus(ctx context.Context, d *Deps, o statusOptions) error {
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	if o.bundle != "" {
		facts, err := d.bundled(o.bundle)
		if err != nil {
			return err
		}
		return o.printStatus(d, facts)
	}
	if o.watch {
		return watchStatus(ctx, d, o)
	}
	var facts verify.Facts
	var err error
	if !lifecycle.InTime(lifecycle.Hung, func() { _, _, facts, err = d.look(ctx, lifecycle.Quick) }) {
		return withCode(ExitInconclusive, hint.With(fmt.Errorf("the files of this node could not be read within %s", lifecycle.Hung),
			"a file system hangs: `findmnt -t nfs,nfs4,cifs,fuse` lists those that may"))
	}
	if err != nil {
		return err
	}
	return o.printStatus(d, facts)
}

func (o *monitorOptions) printStatus(d *Deps, facts verify.Facts) error {
	v := verify.Judge(facts)
	return o.print(d, facts, v, report.StatusDocument(facts, v, d.nodeName(facts)))
}
