package cmd

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/demo"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/settings"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/verify/report"
)

// demoShow is one run of the demo.
type demoShow struct {
	d    *Deps
	sim  *simnode.Node
	cast demo.Cast
	body report.Demo

	own    string // an empty configuration of plegctl's own
	before demo.Files
}

const demoLong = `Run every command on a simulated node in a temporary directory: a kubelet and a
container runtime with their units, journal and files. It needs no root and
touches nothing of this machine. The commands are the real ones.

The steps are printed on stderr, the result on stdout. With --kubelet 1.37
--runtime crio it shows a refusal: the two together break pods.`

func newDemoCommand(d *Deps) *cobra.Command {
	show := &demoShow{d: d}
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show all commands on a simulated node, without root",
		Long:  demoLong,
		Example: `  plegctl demo
  plegctl demo --runtime containerd --kubelet 1.37
  plegctl demo --keep -o json`,
		Annotations: cli.ExitStatus("0 every step as expected, 3 otherwise"),
		Args:        noArgs,
	}
	// Not the global --runtime, which says what a real node has.
	var runtime, kubelet string
	cli.OneOf(c, &runtime, "runtime", "crio", []string{"crio", "containerd"}, "container `RUNTIME` of the node: crio or containerd")
	cli.OneOf(c, &kubelet, "kubelet", "1.36", []string{"1.34", "1.36", "1.37"}, "`MINOR` version of its kubelet: 1.34, 1.36 or 1.37")
	keep := c.Flags().Bool("keep", false, "keep the files and the journal of the node")
	c.RunE = func(c *cobra.Command, _ []string) (err error) {
		if show.cast, err = demo.NewCast(kubelet, runtime); err != nil {
			return usage(err, "")
		}
		return runDemo(c.Context(), d, show, *keep)
	}
	return c
}

// demoSecond is how long one of the node's seconds lasts.
const demoSecond = 200 * time.Millisecond

func runDemo(ctx context.Context, d *Deps, show *demoShow, keep bool) (err error) {
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	begin := d.Now()
	show.sim, err = simnode.New(simnode.Options{
		Kubelet: show.cast.Kubelet, Runtime: show.cast.Runtime, RuntimeVersion: show.cast.RuntimeVersion,
		Second: demoSecond, Workload: simnode.WorkloadDaemonSet,
	})
	if err != nil {
		return err
	}
	if keep {
		show.body.Kept = show.sim.Keep()
	}
	err = show.play(ctx)
	if closed := show.sim.Close(); err == nil && closed != nil {
		err = fmt.Errorf("take the simulated node down: %w", closed)
	}
	if err != nil {
		return err
	}
	return show.result(d.Now().Sub(begin))
}

func (s *demoShow) result(took time.Duration) error {
	b := &s.body
	b.Kubelet, b.Runtime, b.Took = s.cast.Kubelet, s.cast.Runtime+" "+s.cast.RuntimeVersion, took.Seconds()
	return s.d.printResult(b.Document())
}

// plegctl is the command tree itself, on the simulated node. Neither the settings nor the
// configuration of this machine reach it.
func (s *demoShow) plegctl(ctx context.Context, out, errs *bytes.Buffer, args ...string) int {
	return Main(ctx, append(args, "--config", s.own, "--color", "never"), &Deps{
		Streams: Streams{In: strings.NewReader(""), Out: out, Err: errs}, Now: s.d.Now, Getenv: func(string) string { return "" }, Self: s.d.Self,
		Host: func(context.Context, settings.Settings) (*node.Host, error) { return s.sim.Host(), nil },
	})
}

// note tells the story on stderr; --quiet silences it.
func (s *demoShow) note(format string, args ...any) {
	if !s.d.Settings.Quiet {
		_, _ = fmt.Fprintf(s.d.Streams.Err, format+"\n", args...) // a closed stderr must not stop the show
	}
}
