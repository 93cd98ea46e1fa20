package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/verify/cost"
	"github.com/plegctl/plegctl/verify/report"
)

type measureOptions struct {
	window  time.Duration
	against string
}

const measureLong = `Measure the processor time of kubelet and runtime, relists per minute, and
container events with their delay, over a window of time. plegctl reads the
kubelet's metrics at its start and its end.

Up to kubelet 1.36 Evented PLEG saves relists; from 1.37 it only shortens the
reaction to a stopped container. Measure before and after the change, for the
same time and load.`

func newMeasureCommand(d *Deps) *cobra.Command {
	var o measureOptions
	c := &cobra.Command{
		Use:   "measure",
		Short: "Measure what Evented PLEG costs and saves on this node",
		Long:  measureLong,
		Example: `  plegctl measure --for 5m -o json > before.json
  plegctl measure --for 5m --against before.json`,
		Annotations: cli.ExitStatus("0 measured, 4 the metrics cannot be read"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runMeasure(c.Context(), d, o) },
	}
	c.Flags().DurationVar(&o.window, "for", time.Minute, "length of the window")
	c.Flags().StringVar(&o.against, "against", "", "compare with `FILE`, the JSON of an earlier measure")
	return c
}

func runMeasure(ctx context.Context, d *Deps, o measureOptions) error {
	if o.window <= 0 {
		return usage(fmt.Errorf("--for %s is not positive", o.window), "give a duration such as 60s or 5m")
	}
	var m report.Measure
	if o.against != "" {
		before, err := readMeasure(o.against)
		if err != nil {
			return err
		}
		m.Before = &before
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	first, err := d.costLook(ctx)
	if err != nil {
		return err
	}
	d.say("measuring for %s", o.window)
	select {
	case <-ctx.Done():
		return fmt.Errorf("measure: %w", context.Cause(ctx))
	case <-time.After(o.window):
	}
	second, err := d.costLook(ctx)
	if err != nil {
		return err
	}
	if m.Figures, err = cost.Between(first, second); err != nil {
		return withCode(ExitInconclusive, fmt.Errorf("measure: %w", err))
	}
	return d.printResult(report.MeasureDocument(m))
}

// costLook reads the node once. Without the kubelet's metrics there is nothing to measure.
func (d *Deps) costLook(ctx context.Context) (cost.Look, error) {
	host, _, facts, err := d.look(ctx, lifecycle.Observation)
	if err != nil {
		return cost.Look{}, err
	}
	metrics := facts.Kubelet.Metrics
	if !metrics.Seen {
		return cost.Look{}, withCode(ExitInconclusive, hint.With(
			fmt.Errorf("read the kubelet's metrics: %s", metrics.Why), "pass a credential that may read them: --kubeconfig FILE or --token-file FILE"))
	}
	l := cost.Look{Metrics: metrics.Value}
	if process := facts.Runtime.Process; process.Seen && host.Processes != nil {
		if now, err := host.Processes.Process(process.Value.PID); err == nil {
			l.RuntimePID, l.RuntimeCPU = now.PID, now.CPU
		}
	}
	return l, nil
}

func readMeasure(path string) (cost.Figures, error) {
	data, err := hostfs.ReadNamed(path, hostfs.MaxFile)
	if err != nil {
		return cost.Figures{}, fmt.Errorf("read the earlier measure: %w", err)
	}
	const next = "make one with: plegctl measure -o json"
	var doc struct {
		report.Envelope
		report.Measure
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return cost.Figures{}, hint.With(fmt.Errorf("parse %s: %w", path, err), next)
	}
	if doc.APIVersion != report.APIVersion || doc.Kind != "Measure" {
		return cost.Figures{}, hint.With(fmt.Errorf("%s is not an answer of plegctl measure", path), next)
	}
	return doc.Figures, nil
}
