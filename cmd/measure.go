package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/verify/cost"
)

type measureOptions struct {
	window  time.Duration
	against string
}

// measured is the JSON of `measure`; an earlier one is what --against takes.
type measured struct {
	Figures cost.Figures  `json:"figures"`
	Before  *cost.Figures `json:"before,omitempty"`
}

func newMeasureCommand(d *Deps) *cobra.Command {
	opts := measureOptions{window: time.Minute}
	c := &cobra.Command{
		Use:   "measure",
		Short: "Measure what Evented PLEG costs and saves here",
		Long: `Reads the kubelet's metrics and the runtime's processor time twice and shows the rates
in between: processor time of both, relists a minute, container events and their delay.

Up to kubelet 1.36 Evented PLEG saves relists; from 1.37 it only shortens the reaction to a
stopped container. Measure before and after the change, for the same time and load.`,
		Example: `  plegctl measure --for 5m -o json > before.json
  plegctl enable
  plegctl measure --for 5m --against before.json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runMeasure(c.Context(), d, opts) },
	}
	c.Flags().DurationVar(&opts.window, "for", opts.window, "how long to watch")
	c.Flags().StringVar(&opts.against, "against", "", "compare with this `file`, the JSON answer of an earlier measure")
	return c
}

func runMeasure(ctx context.Context, d *Deps, opts measureOptions) error {
	if opts.window <= 0 {
		return usage(fmt.Errorf("--for %s is not a time span", opts.window), "give a duration such as 60s or 5m")
	}
	m := measured{}
	if opts.against != "" {
		before, err := readMeasured(opts.against)
		if err != nil {
			return err
		}
		m.Before = &before
	}
	first, err := d.costLook(ctx)
	if err != nil {
		return err
	}
	d.say("watching for %s", opts.window)
	select {
	case <-ctx.Done():
		return fmt.Errorf("measure: %w", ctx.Err())
	case <-time.After(opts.window):
	}
	second, err := d.costLook(ctx)
	if err != nil {
		return err
	}
	if m.Figures, err = cost.Between(first, second); err != nil {
		return withCode(ExitInconclusive, fmt.Errorf("measure: %w", err))
	}
	return d.give(answer{
		kind: "Measure", body: m,
		short: fmt.Sprintf("kubelet %.2f %% CPU, %.1f relists a minute", m.Figures.KubeletCPU, m.Figures.RelistsPerMinute),
		text:  m.text,
	})
}

// costLook reads the node once. Without the kubelet's metrics there is nothing to measure.
func (d *Deps) costLook(ctx context.Context) (cost.Look, error) {
	host, _, facts, err := d.look(ctx, true)
	if err != nil {
		return cost.Look{}, err
	}
	metrics := facts.Kubelet.Metrics
	if !metrics.Seen {
		return cost.Look{}, withCode(ExitInconclusive, hint.With(
			fmt.Errorf("read the kubelet's metrics: %s", metrics.Why),
			"give a credential that may read them: --kubeconfig FILE or --token-file FILE"))
	}
	l := cost.Look{Metrics: metrics.Value}
	if process := facts.Runtime.Process; process.Seen && host.Processes != nil {
		if now, err := host.Processes.Process(process.Value.PID); err == nil {
			l.RuntimePID, l.RuntimeCPU = now.PID, now.CPU
		}
	}
	return l, nil
}

func readMeasured(path string) (cost.Figures, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return cost.Figures{}, fmt.Errorf("read the earlier measure: %w", err)
	}
	var doc struct {
		Envelope
		measured
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return cost.Figures{}, hint.With(fmt.Errorf("parse %s: %w", path, err), "it must be the answer of `plegctl measure -o json`")
	}
	if doc.APIVersion != apiVersion || doc.Kind != "Measure" {
		return cost.Figures{}, hint.With(errors.New(path+" is no answer of plegctl measure"), "make one with `plegctl measure -o json`")
	}
	return doc.Figures, nil
}

func (m measured) text(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name, unit string, of func(cost.Figures) float64) {
		fmt.Fprintf(table, "%s\t%.2f\t", name, of(m.Figures))
		if m.Before != nil {
			fmt.Fprintf(table, "%.2f\t", of(*m.Before))
		}
		fmt.Fprintf(table, "%s\n", unit)
	}
	fmt.Fprint(table, "\tnow\t")
	if m.Before != nil {
		fmt.Fprint(table, "before\t")
	}
	fmt.Fprintln(table)
	row("watched for", " s", func(f cost.Figures) float64 { return f.Seconds })
	row("kubelet CPU", " % of one core", func(f cost.Figures) float64 { return f.KubeletCPU })
	if m.Figures.RuntimeCPUSeen {
		row("runtime CPU", " % of one core", func(f cost.Figures) float64 { return f.RuntimeCPU })
	}
	row("relists", " a minute", func(f cost.Figures) float64 { return f.RelistsPerMinute })
	row("container events", " a minute", func(f cost.Figures) float64 { return f.EventsPerMinute })
	row("event delay", " s, mean", func(f cost.Figures) float64 { return f.EventDelay })
	return table.Flush()
}
