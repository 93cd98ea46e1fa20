package cmd

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/demo"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
)

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
		Annotations: exitStatus("0 every step as expected, 3 otherwise"),
		Args:        noArgs,
	}
	// Not the global --runtime, which says what a real node has.
	var runtime, kubelet string
	oneOf(c, &runtime, "runtime", "crio", []string{"crio", "containerd"}, "container `RUNTIME` of the node: crio or containerd")
	oneOf(c, &kubelet, "kubelet", "1.36", []string{"1.34", "1.36", "1.37"}, "`MINOR` version of its kubelet: 1.34, 1.36 or 1.37")
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

// demoBody is the body of demo in JSON.
type demoBody struct {
	Kubelet string     `json:"kubelet"`
	Runtime string     `json:"runtime"`
	OK      bool       `json:"ok"`
	Steps   []demoStep `json:"steps"`
	// FilesCompared is how many files and directories were compared in the end.
	FilesCompared int `json:"filesCompared"`
	// FilesChanged are those that are not as before; there must be none.
	FilesChanged []string `json:"filesChanged"`
	Took         float64  `json:"tookSeconds"`
	// Kept is the directory of the node, with --keep.
	Kept string `json:"kept,omitempty"`
}

// demoStep is one step and what came of it.
type demoStep struct {
	Name     string   `json:"name"`
	Command  []string `json:"command,omitempty"`
	ExitCode int      `json:"exitCode"`
	State    string   `json:"state,omitempty"`
	OK       bool     `json:"ok"`
	// Why says what was unexpected.
	Why  string  `json:"why,omitempty"`
	Took float64 `json:"tookSeconds"`
}

func (s *demoShow) result(took time.Duration) error {
	b := &s.body
	b.Kubelet, b.Runtime, b.OK, b.Took = s.cast.Kubelet, s.cast.Runtime+" "+s.cast.RuntimeVersion, true, took.Seconds()
	good, steps, code := 0, "", ExitOK
	for i, step := range b.Steps {
		mark := "ok"
		if step.OK {
			good++
		} else {
			b.OK, code, mark = false, ExitFailed, "UNEXPECTED: "+step.Why
		}
		steps += fmt.Sprintf("  %d  %-10s exit %-2d  %-10s  %s\n", i+1, step.Name, step.ExitCode, step.State, mark)
	}
	headline := fmt.Sprintf("demo: %d of %d steps went as expected in %.1f s (kubelet %s, %s)", good, len(b.Steps), b.Took, b.Kubelet, b.Runtime)
	text := headline + "\n" + steps
	for _, name := range b.FilesChanged {
		text += "  changed: " + name + "\n"
	}
	if len(b.FilesChanged) == 0 && b.FilesCompared > 0 {
		text += fmt.Sprintf("%d files and directories compared: every byte, mode and owner is as before\n", b.FilesCompared)
	}
	if b.Kept != "" {
		text += "kept: " + b.Kept + "/root (the node) and " + b.Kept + "/journal.export\n"
	}
	return s.d.give(answer{
		kind: "Demo", code: code, body: *b, short: headline,
		text: func(w io.Writer) error { _, err := io.WriteString(w, text); return err },
	})
}
