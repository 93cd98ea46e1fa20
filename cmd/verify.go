package cmd

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/climb"
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
	up := climb.Climb{Host: host, Options: observing, Facts: facts, Until: begin.Add(o.wait), Progress: d.progress()}
	if err := up.Wait(ctx, min(o.rung, climb.Reachable(o.stimulus))); err != nil {
		return err
	}
	if o.stimulus {
		if err := up.Stimulate(ctx); err != nil {
			return err
		}
	}
	v := verify.Judge(up.Facts)
	if err := writeTextfile(o.textfile, up.Facts, v); err != nil {
		return err
	}
	return d.printResult(report.VerifyDocument(up.Facts, v, o.rung, d.Now().Sub(begin)))
}
