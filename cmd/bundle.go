package cmd

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/bundle"
	"github.com/plegctl/plegctl/verify/report"
)

const bundleLong = `Print what a maintainer needs to judge this node: all facts that were observed,
the daemons' configuration and command lines. Attach it to a bug report.

Secrets are left out by structure: of configuration files, flags and variables
only names, numbers, booleans and a few harmless texts are kept, and what was
hidden is hidden wherever else it occurs. Read it before you hand it on: host
name, addresses of the node and names of pods are in it.

status and verify give the same verdict on the bundle, on any machine.`

func newBundleCommand(d *Deps) *cobra.Command {
	return &cobra.Command{
		Use:   "bundle",
		Short: "Print the facts of this node without secrets, for a bug report",
		Long:  bundleLong,
		Example: `  plegctl bundle > node-1.json
  plegctl status --bundle node-1.json`,
		Annotations: cli.ExitStatus("0 done"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runBundle(c.Context(), d) },
	}
}

func runBundle(ctx context.Context, d *Deps) error {
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	_, _, facts, err := d.look(ctx, lifecycle.Observation)
	if err != nil {
		return err
	}
	body, err := bundle.New(facts, buildInfo().Version)
	if err != nil {
		return err
	}
	doc := report.Document{Kind: bundle.Kind, Body: body, Host: facts.Node.Hostname.Value, Short: d.nodeName(facts) + ": a bundle, with -o json"}
	doc.Text = func(w io.Writer, s report.Style) error { return report.Render(w, "json", doc, s) }
	return d.printResult(doc)
}

// bundled reads the facts of a bundle.
func (d *Deps) bundled(file string) (verify.Facts, error) {
	if d.Settings.Offline() {
		return verify.Facts{}, usage(fmt.Errorf("--bundle and --root are two things to look at"), "leave out one of them")
	}
	data, err := hostfs.ReadNamed(file, hostfs.MaxFile)
	if err != nil {
		return verify.Facts{}, err
	}
	facts, err := bundle.Facts(data)
	if err != nil {
		return verify.Facts{}, hint.With(fmt.Errorf("%s: %w", file, err), "judge a bundle with the version of plegctl that made it")
	}
	return facts, nil
}
