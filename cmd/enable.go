package cmd

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/plan"
)

func newEnableCommand(d *Deps) *cobra.Command {
	o := newChangeOptions(plan.GoalEnable)
	c := &cobra.Command{
		Use:   "enable",
		Short: "Turn Evented PLEG on, prove it, or roll back",
		Long: `Turn on the feature gate EventedPLEG and the runtime's container events, restart
what must restart in the right order, and verify. What fails is rolled back: the node is
then byte for byte as before.

A combination of versions that is known to break pods is refused; --accept-risk NAME is
the only way past, and is recorded.`,
		Example: `  plegctl enable --reason "change 4711"
  plegctl enable --confirm-within 5m    # undoes itself unless: plegctl confirm
  plegctl enable --dry-run --diff
  plegctl enable --root /mnt/image      # files only`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o.levelSet = c.Flags().Changed("level")
			return runChange(c.Context(), d, o)
		},
	}
	o.planFlags(c)
	o.showFlags(c)
	o.runFlags(c)
	o.proofFlags(c)
	c.Flags().StringVar(&o.level, "level", "connected", "rung that must be seen; without this flag the best that can be had is enough")
	c.Flags().BoolVar(&o.couple, "couple", false, "restart the kubelet whenever its runtime has started again")
	c.Flags().DurationVar(&o.within, "confirm-within", 0, "undo the change after this time unless `plegctl confirm` was run")
	return c
}

// runChange is the way of every changing verb: lock, recover, observe, plan, act, tell.
func runChange(ctx context.Context, d *Deps, o *changeOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if d.Settings.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, d.Settings.Timeout, errTimeout(d.Settings.Timeout))
		defer cancel()
	}
	if o.dryRun {
		return runPlan(ctx, d, o)
	}
	s, err := changeSession(ctx, d, nil)
	if err != nil {
		return err
	}
	defer s.close()
	if o.within > 0 && (s.host.Offline || o.noRestart) {
		return usage(errors.New("--confirm-within needs a running node that is restarted"), "leave it out with --root and --no-restart")
	}
	if o.goal != plan.GoalRollback {
		if err := s.settled(); err != nil {
			return err
		}
	}
	p, err := s.decide(ctx, o)
	if err != nil {
		return s.refused(err)
	}
	result, err := s.act(ctx, o, p)
	return s.tell(o, p, result, err)
}

// errTimeout says that --timeout is over.
func errTimeout(after time.Duration) error {
	return errors.New("--timeout " + after.String() + " is over")
}
