package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify"
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
	c.Flags().StringVar(&o.method, "method", string(plan.MethodAuto), "how settings are written: "+strings.Join(methods, ", "))
	o.acceptFlag(c)
	o.restartFlag(c)
	if o.Goal != plan.GoalDisable {
		c.Flags().BoolVar(&o.ForceKey, "force-containerd-key", false, "write containerd's key although its build does not show it")
	}
}

func (o *changeOptions) acceptFlag(c *cobra.Command) {
	c.Flags().StringArrayVar(&o.Accept, "accept-risk", nil, "accept a known risk by its `name`; it goes into the record (repeatable)")
}

func (o *changeOptions) restartFlag(c *cobra.Command) {
	c.Flags().BoolVar(&o.NoRestart, "no-restart", false, "write files only; they take effect at the next restart")
}

// showFlags shape what is shown of a plan.
func (o *changeOptions) showFlags(c *cobra.Command) {
	c.Flags().BoolVar(&o.diff, "diff", o.Goal == "", "show the unified diff of every file")
	c.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit 10 when there is something to change")
}

// runFlags shape how the change is made.
func (o *changeOptions) runFlags(c *cobra.Command) {
	c.Flags().StringVar(&o.Reason, "reason", "", "why, in your own words, for the record")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "stop after the plan")
	c.Flags().BoolVar(&o.InPlace, "in-place", false, "overwrite a file that cannot be replaced (bind mount); not atomic, but recorded")
	c.Flags().IntVar(&o.Keep, "keep", o.Keep, "how many ended transactions the history keeps")
}

// proofFlags shape the proof at the end.
func (o *changeOptions) proofFlags(c *cobra.Command) {
	c.Flags().DurationVar(&o.Wait, "wait", lifecycle.Wait, "how long to wait, each time: for the runtime, for the kubelet, for the level")
	c.Flags().DurationVar(&o.Settle, "settle", lifecycle.Settle, "how long the kubelet must keep its process")
}

func (o *changeOptions) check() error {
	o.Method = plan.Method(o.method)
	if !slices.Contains(plan.Methods(), o.Method) && o.method != "" {
		return usage(fmt.Errorf("--method %q", o.method), "use auto, drop-in or edit")
	}
	if o.Level != "" {
		if _, err := verify.ParseRung(o.Level); err != nil {
			return usage(err, "use configured, loaded, connected, delivering or proven")
		}
	}
	if o.Keep < 1 {
		return usage(fmt.Errorf("--keep %d", o.Keep), "keep at least one transaction")
	}
	if o.Wait < 0 || o.Settle < 0 || o.ConfirmWithin < 0 {
		return usage(errors.New("a negative duration"), "give a duration such as 30s or 5m")
	}
	return nil
}
