package cmd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify"
)

// changeOptions are the flags that the changing verbs share; each verb takes those it needs.
type changeOptions struct {
	goal      plan.Goal
	method    string
	accept    []string
	reason    string
	dryRun    bool
	diff      bool
	exitCode  bool
	noRestart bool
	couple    bool
	force     bool
	inPlace   bool
	to        string
	level     string
	levelSet  bool
	wait      time.Duration
	settle    time.Duration
	within    time.Duration
	keep      int
}

// How long a unit must hold, and how long a level is waited for, unless flags say otherwise.
const (
	defaultSettle = 6 * time.Second
	defaultWait   = time.Minute
)

func newChangeOptions(goal plan.Goal) *changeOptions {
	return &changeOptions{goal: goal, keep: 50}
}

// planFlags shape what is planned.
func (o *changeOptions) planFlags(c *cobra.Command) {
	methods := make([]string, 0, 3)
	for _, m := range plan.Methods() {
		methods = append(methods, string(m))
	}
	c.Flags().StringVar(&o.method, "method", string(plan.MethodAuto), "how settings are written: "+strings.Join(methods, ", "))
	c.Flags().StringArrayVar(&o.accept, "accept-risk", nil, "accept a known risk by its `name`; it goes into the record (repeatable)")
	c.Flags().BoolVar(&o.noRestart, "no-restart", false, "write files only; they take effect at the next restart")
}

// showFlags shape what is shown of a plan.
func (o *changeOptions) showFlags(c *cobra.Command) {
	c.Flags().BoolVar(&o.diff, "diff", o.goal == "", "show the unified diff of every file")
	c.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit 10 when there is something to change")
}

// runFlags shape how the change is made.
func (o *changeOptions) runFlags(c *cobra.Command) {
	c.Flags().StringVar(&o.reason, "reason", "", "why, in your own words, for the record")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "stop after the plan")
	c.Flags().BoolVar(&o.inPlace, "in-place", false, "overwrite a file that cannot be replaced (bind mount); not atomic, but recorded")
	c.Flags().IntVar(&o.keep, "keep", o.keep, "how many ended transactions the history keeps")
}

// proofFlags shape the proof at the end.
func (o *changeOptions) proofFlags(c *cobra.Command) {
	c.Flags().DurationVar(&o.wait, "wait", defaultWait, "how long to wait, each time: for the runtime, for the kubelet, for the level")
	c.Flags().DurationVar(&o.settle, "settle", defaultSettle, "how long the kubelet must keep its process")
}

func (o *changeOptions) check() error {
	if !slices.Contains(plan.Methods(), plan.Method(o.method)) && o.method != "" {
		return usage(fmt.Errorf("--method %q", o.method), "use auto, drop-in or edit")
	}
	if o.level != "" {
		if _, err := verify.ParseRung(o.level); err != nil {
			return usage(err, "use configured, loaded, connected, delivering or proven")
		}
	}
	if o.keep < 1 {
		return usage(fmt.Errorf("--keep %d", o.keep), "keep at least one transaction")
	}
	if o.wait < 0 || o.settle < 0 || o.within < 0 {
		return usage(fmt.Errorf("a negative duration"), "give a duration such as 30s or 5m")
	}
	return nil
}
