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

type demoOptions struct {
	runtime, kubelet string
	keep             bool
}

const demoLong = `Watch the whole job on a simulated node in a temporary folder: a kubelet and a
container runtime with their units, journal and files. It needs no root and touches
nothing of this machine. The commands are the real ones.

What happens is told on stderr, the result is on stdout. It ends with an error if
any step does not go as told, or if one byte of the node is not as before.

With --kubelet 1.37 --runtime crio it shows a refusal: the two together break pods.`

func newDemoCommand(d *Deps) *cobra.Command {
	o := demoOptions{}
	c := &cobra.Command{
		Use:   "demo",
		Short: "Watch the whole job on a simulated node, without root",
		Long:  demoLong,
		Example: `  plegctl demo
  plegctl demo --runtime containerd --kubelet 1.37
  plegctl demo --keep -o json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runDemo(c.Context(), d, o) },
	}
	// Not the global --runtime, which says what a real node has.
	c.Flags().StringVar(&o.runtime, "runtime", "crio", "the container `runtime` of the node: crio or containerd")
	c.Flags().StringVar(&o.kubelet, "kubelet", "1.36", "the `minor` version of its kubelet: 1.34, 1.36 or 1.37")
	c.Flags().BoolVar(&o.keep, "keep", false, "leave the node's files and its journal, and say where they are")
	return c
}

// demoSecond is how long one of the node's seconds lasts.
const demoSecond = 200 * time.Millisecond

func runDemo(ctx context.Context, d *Deps, o demoOptions) error {
	cast, err := demo.NewCast(o.kubelet, o.runtime)
	if err != nil {
		return usage(err, "use --kubelet 1.34, 1.36 or 1.37 and --runtime crio or containerd")
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	begin := d.Now()
	sim, err := simnode.New(simnode.Options{
		Kubelet: cast.Kubelet, Runtime: cast.Runtime, RuntimeVersion: cast.RuntimeVersion,
		Second: demoSecond, Workload: simnode.WorkloadDaemonSet, Access: simnode.AccessAdmin,
	})
	if err != nil {
		return err
	}
	show := &demoShow{d: d, sim: sim, cast: cast}
	if o.keep {
		show.kept = sim.Keep()
	}
	err = show.play(ctx)
	if closed := sim.Close(); err == nil && closed != nil {
		err = fmt.Errorf("take the simulated node down: %w", closed)
	}
	if err != nil {
		return err
	}
	return show.tell(d.Now().Sub(begin))
}

// demoBody is the body of demo in JSON.
type demoBody struct {
	Kubelet string     `json:"kubelet"`
	Runtime string     `json:"runtime"`
	OK      bool       `json:"ok"`
	Steps   []demoStep `json:"steps"`
	// FilesCompared is how many files and folders were compared in the end.
	FilesCompared int `json:"filesCompared"`
	// FilesChanged are those that are not as before; there must be none.
	FilesChanged []string `json:"filesChanged"`
	Took         float64  `json:"tookSeconds"`
	// Kept is the folder of the node, with --keep.
	Kept string `json:"kept,omitempty"`
}

// demoStep is one step and what came of it.
type demoStep struct {
	Name     string   `json:"name"`
	Command  []string `json:"command,omitempty"`
	ExitCode int      `json:"exitCode"`
	State    string   `json:"state,omitempty"`
	OK       bool     `json:"ok"`
	// Why says what was not as told.
	Why  string  `json:"why,omitempty"`
	Took float64 `json:"tookSeconds"`
}

func (s *demoShow) tell(took time.Duration) error {
	body := demoBody{
		Kubelet: s.cast.Kubelet, Runtime: s.cast.Runtime + " " + s.cast.RuntimeVersion, OK: true, Steps: s.steps,
		FilesCompared: s.compared, FilesChanged: append([]string{}, s.changed...), Took: took.Seconds(), Kept: s.kept,
	}
	good := 0
	for _, step := range s.steps {
		if step.OK {
			good++
		}
		body.OK = body.OK && step.OK
	}
	code := ExitOK
	if !body.OK {
		code = ExitFailed
	}
	headline := fmt.Sprintf("demo: %d of %d steps went as told in %.1f s (kubelet %s, %s)", good, len(s.steps), took.Seconds(), body.Kubelet, body.Runtime)
	return s.d.give(answer{
		kind: "Demo", code: code, body: body, short: headline,
		text: func(w io.Writer) error { return s.summary(w, headline, body) },
	})
}

func (s *demoShow) summary(w io.Writer, headline string, body demoBody) error {
	text := headline + "\n"
	for i, step := range body.Steps {
		mark := "ok"
		if !step.OK {
			mark = "NOT AS TOLD: " + step.Why
		}
		text += fmt.Sprintf("  %d  %-10s exit %-2d  %-10s  %s\n", i+1, step.Name, step.ExitCode, step.State, mark)
	}
	switch {
	case len(body.FilesChanged) > 0:
		for _, name := range body.FilesChanged {
			text += "  not as before: " + name + "\n"
		}
	case body.FilesCompared > 0:
		text += fmt.Sprintf("%d files and folders compared: every byte, mode and owner is as before\n", body.FilesCompared)
	}
	if body.Kept != "" {
		text += "kept: " + body.Kept + "/root (the node) and " + body.Kept + "/journal.export\n"
	}
	_, err := io.WriteString(w, text)
	return err
}
