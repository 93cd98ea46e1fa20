package cmd

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// changeOptions are the flags that the changing verbs share; each verb takes those it needs.
type changeOptions struct {
	change.Request
	method   string
	dryRun   bool
	diff     bool
	exitCode bool
}

func newChangeOptions(goal plan.Goal) *changeOptions {
	return &changeOptions{Request: change.Request{Goal: goal, Keep: change.DefaultKeep}}
}

// planFlags shape what is planned.
func (o *changeOptions) planFlags(c *cobra.Command) {
	methods := make([]string, 0, 3)
	for _, m := range plan.Methods() {
		methods = append(methods, string(m))
	}
	cli.OneOf(c, &o.method, "method", string(plan.MethodAuto), methods, "`METHOD` to write settings: "+cli.Listed(methods))
	o.acceptFlag(c)
	o.restartFlag(c)
	if o.Goal != plan.GoalDisable {
		c.Flags().BoolVar(&o.ForceKey, "force-containerd-key", false, "write containerd's key although its build does not show it")
	}
}

func (o *changeOptions) acceptFlag(c *cobra.Command) {
	cli.SomeOf(c, &o.Accept, "accept-risk", riskNames(), "accept a known `RISK` by name; it is recorded")
}

func (o *changeOptions) restartFlag(c *cobra.Command) {
	c.Flags().BoolVar(&o.NoRestart, "no-restart", false, "only write files; they take effect at the next restart")
}

// showFlags shape what is shown of a plan.
func (o *changeOptions) showFlags(c *cobra.Command) {
	c.Flags().BoolVar(&o.diff, "diff", o.Goal == "", "print the diff of every file")
	c.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit 10 if something would change")
}

// runFlags shape how the change is made.
func (o *changeOptions) runFlags(c *cobra.Command) {
	c.Flags().StringVar(&o.Reason, "reason", "", "`TEXT` for the history: why you change it")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "stop after the plan")
	c.Flags().BoolVar(&o.InPlace, "in-place", false, "overwrite files that cannot be replaced (bind mounts)")
	c.Flags().IntVar(&o.Keep, "keep", o.Keep, "keep the `N` newest ended changes in the history")
}

// proofFlags shape the proof at the end.
func (o *changeOptions) proofFlags(c *cobra.Command) {
	c.Flags().DurationVar(&o.Wait, "wait", lifecycle.Wait, "how long to wait for each of runtime, kubelet and level")
	c.Flags().DurationVar(&o.Settle, "settle", lifecycle.Settle, "how long the kubelet must run without a restart")
}

func (o *changeOptions) check() error {
	o.Method = plan.Method(o.method)
	if o.Keep < 1 {
		return usage(fmt.Errorf("--keep %d is too small", o.Keep), "keep at least one change")
	}
	for name, d := range map[string]time.Duration{"wait": o.Wait, "settle": o.Settle, "confirm-within": o.ConfirmWithin} {
		if d < 0 {
			return usage(fmt.Errorf("--%s %s is negative", name, d), "give a duration such as 30s or 5m")
		}
	}
	return nil
}
