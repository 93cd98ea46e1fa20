package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/eventstream"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/settings"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/probe"
	"github.com/plegctl/plegctl/verify/report"
)

type probeOptions struct {
	count     int
	duration  time.Duration
	accept    []string
	reconnect bool
}

const probeLong = `Stream the runtime's container events and print each with its delay, until
--count, --duration or Ctrl-C.

Some runtimes do not support a second reader, and probe refuses: containerd 1.7,
CRI-O 1.26 and 1.27 give each event to one reader only, so the kubelet would
lose it; CRI-O 1.28 to 1.32 can crash when a reader leaves.

Verdicts: streaming, idle (nothing came, which proves nothing), closed-at-once
(CRI-O's pod events are off), ended, unsupported, unreachable.`

func newProbeCommand(d *Deps) *cobra.Command {
	o := probeOptions{}
	c := &cobra.Command{
		Use:   "probe",
		Short: "Stream the runtime's container events",
		Long:  probeLong,
		Example: `  plegctl probe --duration 30s
  plegctl probe --count 10 -o json`,
		Annotations: cli.ExitStatus("0 streaming, 3 failed or refused, 4 idle or unreachable"),
		Args:        noArgs,
		RunE:        func(c *cobra.Command, _ []string) error { return runProbe(c.Context(), d, o) },
	}
	c.Flags().IntVar(&o.count, "count", 0, "end after `N` events")
	c.Flags().DurationVar(&o.duration, "duration", 0, "end after this time")
	cli.SomeOf(c, &o.accept, "accept-risk", []string{"probe-theft", "probe-crash"}, "probe although it can do this harm: `RISK`")
	c.Flags().BoolVar(&o.reconnect, "reconnect", false, "open the stream again when it ends")
	return c
}

func (o *probeOptions) check(s settings.Settings) error {
	switch {
	case s.Offline():
		return usage(errors.New("probe needs a running runtime, and --root reads files only"), "run plegctl on the node itself")
	case o.count < 0:
		return usage(fmt.Errorf("--count %d is negative", o.count), "give the number of events to wait for")
	case o.duration < 0:
		return usage(fmt.Errorf("--duration %s is negative", o.duration), "give a duration such as 30s or 5m")
	}
	return nil
}

func runProbe(ctx context.Context, d *Deps, o probeOptions) error {
	if err := o.check(d.Settings); err != nil {
		return err
	}
	host, _, facts, err := d.look(ctx, lifecycle.Observation)
	if err != nil {
		return err
	}
	endpoint := facts.Runtime.Endpoint
	if !endpoint.Seen {
		return withCode(ExitInconclusive, hint.With(fmt.Errorf("find the CRI endpoint: %s", endpoint.Why), endpoint.Hint))
	}
	client, err := host.DialRuntime(ctx, endpoint.Value, facts.Runtime.Unit.Value.Name)
	if err != nil {
		return err
	}
	// Nothing was changed, so there is nothing to lose in closing.
	defer func() { _ = client.Close() }()
	reader := eventstream.Reader{
		Client: client.Client, Count: o.count, Reconnect: o.reconnect, Now: d.Now,
		Reopening: func() { d.notice("the stream ended; opening it again") },
	}
	runtime, failed, err := reader.Introduce(ctx)
	if failed != nil {
		d.detail("%v", err)
		return d.printResult(report.ProbeDocument(*failed, o.count, 0))
	}
	if err := d.refuseHazards(runtime, o.accept); err != nil {
		return err
	}
	d.notice("reading container events from %s", endpoint.Value)
	ctx, cancel := withLimit(ctx, o.duration, d.Settings.Timeout)
	defer cancel()
	result, unprinted, err := reader.Run(ctx, report.NewEvents(d.Streams.Out, d.Settings.Output))
	if err != nil {
		return err
	}
	return d.printResult(report.ProbeDocument(result, o.count, unprinted))
}

// refuseHazards refuses where a second reader does harm that was not accepted by name.
func (d *Deps) refuseHazards(r known.Runtime, accepted []string) error {
	for _, h := range probe.Hazards(r) {
		if slices.Contains(accepted, h.Risk) {
			d.say("warning: %s (accepted: %s)", h.Why, h.Risk)
			continue
		}
		return withCode(ExitFailed, hint.With(fmt.Errorf("probe refused: %s", h.Why), fmt.Sprintf("%s; or accept it by name: --accept-risk %s", h.Advice, h.Risk)))
	}
	return nil
}
