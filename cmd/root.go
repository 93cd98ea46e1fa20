// Package cmd is plegctl's command tree: arguments become options, options go to one
// function a verb, and its answer becomes text or JSON and an exit code.
//
// It knows how to talk to people and scripts, and nothing about kubelets: the top-level
// packages kubeletcfg, runtimecfg, logscan and verify know, and the packages below
// cmd/internal touch the node. Start with [Main] and verbs.go, which lists the verbs;
// exit.go is the only place that turns errors into exit codes, output.go the only one that
// writes an answer.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/settings"
)

// Main runs plegctl with args (without the program's name) and returns the exit code. It
// touches nothing but deps.
func Main(ctx context.Context, args []string, deps *Deps) int {
	root := newRootCommand(deps)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var said answered
	if err != nil && !errors.As(err, &said) {
		if deps.Settings.Output == "" {
			deps.Settings.Output = settings.WantedOutput(args, deps.Getenv)
		}
		deps.fail(err)
	}
	return exitCode(err)
}

const rootLong = `plegctl turns on the kubelet's Evented PLEG on one node, proves that it works,
and rolls it back byte for byte.

A feature gate that is on does not mean that the feature works: after five
failed streams the kubelet silently polls again. plegctl shows how far the
evidence goes: configured, loaded, connected, delivering, proven.`

const rootExample = `  plegctl status
  plegctl plan
  plegctl enable --reason "change 4711"
  plegctl verify --level proven --stimulus
  plegctl rollback`

func newRootCommand(d *Deps) *cobra.Command {
	root := &cobra.Command{
		Use:           "plegctl",
		Short:         "Turn on the kubelet's Evented PLEG, prove it, and roll it back",
		Long:          rootLong,
		Example:       rootExample,
		Args:          noArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
		// How far off a mistyped verb may be to be suggested.
		SuggestionsMinimumDistance: 2,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			var err error
			if d.Settings, err = settings.Resolve(c.Flags(), d.Getenv, d.Environ); err != nil {
				return err
			}
			d.began = d.Now()
			return checkFormat(c.Name(), d.Settings.Output)
		},
	}
	root.SetIn(d.Streams.In)
	root.SetOut(d.Streams.Out)
	root.SetErr(d.Streams.Err)
	settings.AddFlags(root.PersistentFlags())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage(err, fmt.Sprintf("run `%s --help` for the flags", c.CommandPath()))
	})
	root.Version = strings.TrimPrefix(buildInfo().String(), "plegctl ") // cobra says the name
	root.Flags().Bool("version", false, "print the version")
	cli.SetHelp(root)
	settings.Complete(root)
	root.SetHelpCommand(&cobra.Command{Use: "help [command]", Hidden: true, RunE: help})
	addVerbs(root, d)
	return root
}

func help(c *cobra.Command, args []string) error {
	target, _, err := c.Root().Find(args)
	if err != nil {
		return usage(err, "run `plegctl --help` for the commands")
	}
	return target.Help()
}

// noArgs refuses stray words; on the root command such a word is a verb that does not exist.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if c.HasParent() {
		return usage(fmt.Errorf("unexpected argument %q", args[0]), fmt.Sprintf("`%s` takes flags only", c.CommandPath()))
	}
	next := "run `plegctl --help` for the commands"
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		next = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return usage(fmt.Errorf("unknown command %q", args[0]), next)
}
