package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/probe"
)

type probeOptions struct {
	count     int
	duration  time.Duration
	accept    []string
	reconnect bool
}

const probeLong = `Open the runtime's stream of container events and print every event with its
delay, until --count, --duration or Ctrl-C. The stream is always read to its end.

Some runtimes do not bear a second reader: containerd 1.7 and CRI-O 1.26 and 1.27
give each event to one reader only, so that the kubelet loses what the probe reads,
and CRI-O 1.28 to 1.32 can crash when a reader leaves. There the probe refuses.

  streaming       events came
  idle            the stream is open and nothing came: that proves nothing
  closed-at-once  CRI-O's pod events are off
  ended           the stream was up and ended: the runtime stopped or restarted
  unsupported     the runtime is too old, or its CRI service is off
  unreachable     the runtime could not be asked

Exit codes: 0 streaming, 3 closed-at-once, ended, unsupported, refused, or fewer
events than --count, 4 idle or unreachable.`

func newProbeCommand(d *Deps) *cobra.Command {
	o := probeOptions{}
	c := &cobra.Command{
		Use:   "probe",
		Short: "Stream the runtime's container events, with the delay of each",
		Long:  probeLong,
		Example: `  plegctl probe --duration 30s
  plegctl probe --count 10 -o json
  plegctl probe --reconnect`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runProbe(c.Context(), d, o) },
	}
	c.Flags().IntVar(&o.count, "count", 0, "end after this many events; 0 is no limit")
	c.Flags().DurationVar(&o.duration, "duration", 0, "end after this time; 0 is no limit")
	c.Flags().StringSliceVar(&o.accept, "accept-risk", nil, "probe although it can do this harm: `probe-theft`, probe-crash")
	c.Flags().BoolVar(&o.reconnect, "reconnect", false, "open the stream again when it ends")
	return c
}

func (o *probeOptions) check(s Settings) error {
	switch {
	case s.Offline():
		return usage(errors.New("--root shows files only, so there is nothing to probe"), "run plegctl on the node itself")
	case o.count < 0:
		return usage(fmt.Errorf("--count %d is negative", o.count), "give the number of events to wait for")
	case o.duration < 0:
		return usage(fmt.Errorf("--duration %s is negative", o.duration), "give a duration such as 30s or 5m")
	}
	for _, name := range o.accept {
		if name != "probe-theft" && name != "probe-crash" {
			return usage(fmt.Errorf("--accept-risk %s: no such risk", name), "the risks of a probe are probe-theft and probe-crash")
		}
	}
	return nil
}

func runProbe(ctx context.Context, d *Deps, o probeOptions) error {
	if err := o.check(d.Settings); err != nil {
		return err
	}
	host, _, facts, err := d.look(ctx, true)
	if err != nil {
		return err
	}
	endpoint := facts.Runtime.Endpoint
	if !endpoint.Seen {
		return withCode(ExitInconclusive, hint.With(fmt.Errorf("find the CRI endpoint: %s", endpoint.Why), endpoint.Hint))
	}
	client, err := cri.Dial(host.Root.Path(strings.TrimPrefix(endpoint.Value, "unix://")))
	if err != nil {
		return err
	}
	// Nothing was changed, so there is nothing to lose in closing.
	defer func() { _ = client.Close() }()
	p := newProbing(d, o, client)
	if how, err := p.introduce(ctx); err != nil {
		d.detail("%v", err)
		return p.conclude(p.judge.End(d.Now(), how, p.runtime))
	}
	if err := d.refuseHazards(p.runtime, o.accept); err != nil {
		return err
	}
	d.say("reading container events at %s", endpoint.Value)
	return p.run(ctx)
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

// probeCode is the exit code of a probe.
func probeCode(r probe.Result, count int) ExitCode {
	switch r.Verdict {
	case probe.Streaming:
		if r.Events < count {
			return ExitFailed
		}
		return ExitOK
	case probe.Idle, probe.NotReachable:
		return ExitInconclusive
	case probe.ClosedAtOnce, probe.Ended, probe.Unsupported:
	}
	return ExitFailed
}
