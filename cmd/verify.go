package cmd

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

type verifyOptions struct {
	level    string
	wait     time.Duration
	stimulus bool
	textfile string
	rung     verify.Rung
}

const verifyLong = `Climb the ladder of evidence up to --level, waiting up to --wait for what may
still come, and say on what the answer stands. It ends as soon as it is decided:
a kubelet that has given up its event stream fails at once.

  configured  the files have both sides on (the only level for --root)
  loaded      the running kubelet and the running runtime have it
  connected   the kubelet's event stream is up now
  delivering  container events reach the kubelet
  proven      an event that was caused on purpose was counted by the kubelet;
              needs --stimulus, which runs one short-lived pod sandbox

Exit codes: 0 the level was reached, 3 it was not (or the combination is known to
break pods), 4 a fact that decides could not be read.`

func newVerifyCommand(d *Deps) *cobra.Command {
	o := verifyOptions{}
	c := &cobra.Command{
		Use:   "verify",
		Short: "Prove that Evented PLEG works, as far as it can be seen",
		Long:  verifyLong,
		Example: `  plegctl verify
  plegctl verify --level delivering --wait 5m
  plegctl verify --level proven --stimulus --token-file plegctl.token`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runVerify(c.Context(), d, o) },
	}
	c.Flags().StringVar(&o.level, "level", "connected", "the `rung` to reach: configured, loaded, connected, delivering or proven")
	c.Flags().DurationVar(&o.wait, "wait", 30*time.Second, "how long to wait for what may still come; 0 looks once")
	c.Flags().BoolVar(&o.stimulus, "stimulus", false, "run one short-lived pod sandbox of our own, so that there are events")
	c.Flags().StringVar(&o.textfile, "textfile", "", "write the verdict as Prometheus metrics to this `file` too")
	return c
}

func (o *verifyOptions) check(offline bool) error {
	rung, err := verify.ParseRung(o.level)
	if err != nil {
		return usage(err, "use configured, loaded, connected, delivering or proven")
	}
	o.rung = rung
	switch {
	case o.wait < 0:
		return usage(errors.New("--wait is negative"), "give a duration such as 60s or 5m")
	case rung == verify.RungProven && !o.stimulus:
		return usage(errors.New("--level proven needs an event that was caused on purpose"), "add --stimulus: it runs one short-lived pod sandbox")
	case offline && o.stimulus:
		return usage(errors.New("--stimulus with --root: nothing runs there"), "run plegctl on the node itself")
	case offline && rung > verify.RungConfigured:
		return usage(errors.New("--root shows files only, so no level above configured can be reached"), "add --level configured")
	}
	return nil
}

func runVerify(ctx context.Context, d *Deps, o verifyOptions) error {
	if err := o.check(d.Settings.Offline()); err != nil {
		return err
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	begin := d.Now()
	host, observing, facts, err := d.look(ctx, true)
	if err != nil {
		return err
	}
	climb := climb{d: d, host: host, options: observing, facts: facts, want: o.rung, until: begin.Add(o.wait)}
	if err := climb.wait(ctx, min(o.rung, climbable(o.stimulus))); err != nil {
		return err
	}
	if o.stimulus {
		if err := climb.stimulate(ctx); err != nil {
			return err
		}
	}
	v := verify.Judge(climb.facts)
	if err := writeTextfile(o.textfile, climb.facts, v); err != nil {
		return err
	}
	return d.printResult(report.VerifyDocument(climb.facts, v, o.rung, d.Now().Sub(begin)))
}

// climbable is the rung that waiting alone can reach. With a stimulus to come it is enough
// that the stream is up: the events are ours then.
func climbable(stimulus bool) verify.Rung {
	if stimulus {
		return verify.RungConnected
	}
	return verify.RungDelivering
}

// climb is one run of verify.
type climb struct {
	d       *Deps
	host    *node.Host
	options node.Options
	facts   verify.Facts
	want    verify.Rung
	until   time.Time
	told    string
}

// pause is the time between two looks; most of it is not spent on the kubelet.
const pause = 500 * time.Millisecond

// wait looks again until the level is decided or the time is over.
func (c *climb) wait(ctx context.Context, level verify.Rung) error {
	first := c.facts.Kubelet.Metrics
	for {
		v := verify.Judge(c.facts)
		if v.Decided(level) || !c.d.Now().Before(c.until) {
			return nil
		}
		c.progress(v)
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
		if !first.Seen {
			first = c.facts.Kubelet.Metrics
		}
		c.options.Earlier = first
		facts, err := node.Observe(ctx, c.host, c.options)
		if err != nil {
			return err
		}
		c.facts = facts
	}
}

// progress says what is waited for, once for each reason.
func (c *climb) progress(v verify.Verdict) {
	if line := v.Waiting[0]; line != c.told {
		c.told = line
		c.d.say("%s; waiting until %s", line, c.until.UTC().Format("15:04:05 MST"))
	}
}
