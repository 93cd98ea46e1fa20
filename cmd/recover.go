package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

type recoverOptions struct {
	unconfirmed string
	boot        bool
	force       bool
	leave       bool
}

func newRecoverCommand(d *Deps) *cobra.Command {
	var o recoverOptions
	c := &cobra.Command{
		Use:   "recover",
		Short: "Give an end to a change that a crash left open",
		Long: `Take back a change that a crash or a power cut left half done, or finish a rollback
that was. Every changing command does this first. It also takes back a change whose time
for confirmation is over.

With --boot, a change that waits for its confirmation is taken back whatever time is left:
the timer that would have done it did not survive the reboot.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runRecover(c.Context(), d, o) },
	}
	c.Flags().BoolVar(&o.boot, "boot", false, "take back a change that waits for its confirmation, as after a reboot")
	c.Flags().BoolVar(&o.force, "force", false, "overwrite what somebody else changed meanwhile; a copy is kept")
	c.Flags().BoolVar(&o.leave, "leave", false, "leave what somebody else changed meanwhile as it is")
	c.MarkFlagsMutuallyExclusive("force", "leave")
	c.Flags().StringVar(&o.unconfirmed, "unconfirmed", "", "take back this `record` unless it is confirmed (what the revert timer runs)")
	return c
}

func runRecover(ctx context.Context, d *Deps, o recoverOptions) error {
	c, err := o.session(ctx, d)
	if err != nil {
		return err
	}
	defer c.close()
	t, ok := c.waiting()
	over := ok && (t.ID == o.unconfirmed || o.boot || !d.Now().Before(*t.Ended.ConfirmBy))
	if !over {
		return d.give(answer{kind: "Recover", changed: c.recovered.ID != "", short: c.recoveredLine(), body: c.recoveredBody()})
	}
	reason := fmt.Sprintf("%s was not confirmed in time", t.ID)
	if o.boot {
		reason = fmt.Sprintf("%s was not confirmed before the reboot", t.ID)
	}
	d.say("%s: taking it back", reason)
	back := newChangeOptions(plan.GoalRollback)
	back.to, back.reason, back.settle, back.wait, back.noRestart = t.ID, reason, defaultSettle, defaultWait, o.boot
	p, err := c.decide(ctx, back)
	if err != nil {
		return c.refused(err)
	}
	result, err := c.act(ctx, back, p)
	return c.tell(back, p, result, err)
}

// session opens the change. The revert timer is patient with another plegctl: there is no
// second chance after it. At boot the daemons start later, so only files are brought back.
func (o recoverOptions) session(ctx context.Context, d *Deps) (*change, error) {
	for tries := 0; ; tries++ {
		c, err := changeSession(ctx, d, func(m *apply.Machine) {
			m.FilesOnly, m.Force, m.Leave = o.boot, o.force, o.leave
		})
		if o.unconfirmed == "" || exitCode(err) != ExitRefused || tries >= 300 {
			return c, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
}

func (c *change) recoveredLine() string {
	switch c.recovered.Outcome {
	case record.RolledBack:
		return "recover: " + c.recovered.ID + " was left open and is taken back"
	case record.Committed:
		return "recover: the rollback " + c.recovered.ID + " was left open and is finished"
	}
	return "recover: nothing was left open"
}

func (c *change) recoveredBody() any {
	return struct {
		Record  string `json:"record,omitempty"`
		Outcome string `json:"outcome,omitempty"`
	}{c.recovered.ID, string(c.recovered.Outcome)}
}
