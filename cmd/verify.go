package cmd

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/climb"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

type verifyOptions struct {
	monitorOptions
	level    string
	wait     time.Duration
	stimulus bool
	rung     verify.Rung
}

const verifyLong = `Collect evidence up to --level and show it. verify waits up to --wait for what
can still come, and ends as soon as the answer is certain.

  configured  the files turn on both the gate and the runtime's events
  loaded      the running kubelet and runtime have both
  connected   the kubelet's event stream is open now
  delivering  container events reach the kubelet
  proven      the kubelet counted an event that plegctl caused (--stimulus)`

func newVerifyCommand(d *Deps) *cobra.Command {
	o := verifyOptions{}
	c := &cobra.Command{
		Use:   "verify",
		Short: "Prove that Evented PLEG works, up to a level",
		Long:  verifyLong,
		Example: `  plegctl verify --level delivering --wait 5m
  plegctl verify --level proven --stimulus --token-file plegctl.token`,
		Annotations: cli.ExitStatus("0 reached, 3 not reached or harmful, 4 inconclusive"),
		Args:        noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if d.Settings.Offline() && !c.Flags().Changed("level") {
				o.level = verify.RungConfigured.String()
			}
			return o.wrap(runVerify(c.Context(), d, o))
		},
	}
	cli.OneOf(c, &o.level, "level", "connected", rungNames(), "the `RUNG` to reach")
	c.Flags().DurationVar(&o.wait, "wait", 30*time.Second, "how long to wait; 0 looks once")
	c.Flags().BoolVar(&o.stimulus, "stimulus", false, "run one short-lived pod sandbox to cause events")
	o.flags(c)
	return c
}

func rungNames() []string {
	var names []string
	for _, r := range verify.Rungs() {
		names = append(names, r.String())
	}
	return names
}

func (o *verifyOptions) check(offline bool) error {
	var err error
	if o.rung, err = verify.ParseRung(o.level); err != nil {
		return usage(err, "")
	}
	switch {
	case o.wait < 0:
		return usage(errors.New("--wait is negative"), "give a duration such as 60s or 5m")
	case o.rung == verify.RungProven && !o.stimulus:
		return usage(errors.New("--level proven needs an event that plegctl causes"), "add --stimulus: it runs one short-lived pod sandbox")
	case o.bundle != "" && o.stimulus:
		return usage(errors.New("--stimulus needs a running node, and --bundle is a document"), "run plegctl on the node itself")
	case offline && o.stimulus:
		return usage(errors.New("--stimulus needs a running node, and --root reads files only"), "run plegctl on the node itself")
	case offline && o.rung > verify.RungConfigured:
		return usage(errors.New("--root reads files only, so no level above configured can be reached"), "use --level configured")
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
	if o.bundle != "" {
		facts, err := d.bundled(o.bundle)
		if err != nil {
			return err
		}
		return o.printVerdict(d, facts, begin)
	}
	host, observing, facts, err := d.look(ctx, lifecycle.Observation)
	if err != nil {
		return err
	}
	up := climb.Climb{Host: host, Options: observing, Facts: facts, Until: begin.Add(o.wait), Progress: d.progress()}
	if err := up.Wait(ctx, min(o.rung, climb.Reachable(o.stimulus))); err != nil {
		return err
	}
	if o.stimulus {
		if err := up.Stimulate(ctx); err != nil {
			return err
		}
	}
	return o.printVerdict(d, up.Facts, begin)
}

func (o *verifyOptions) printVerdict(d *Deps, facts verify.Facts, begin time.Time) error {
	v := verify.Judge(facts)
	return o.print(d, facts, v, report.VerifyDocument(facts, v, d.nodeName(facts), o.rung, d.Now().Sub(begin)))
}
