package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
)

// counted is how long after the pod sandbox is gone its events may take to be counted.
const counted = 5 * time.Second

// stimulate runs one pod sandbox and looks whether the kubelet counted its events. On a
// node that is not connected there is nothing to prove, and nothing is run.
func (c *climb) stimulate(ctx context.Context) error {
	v := verify.Judge(c.facts)
	if v.Of(verify.RungConnected).Holds == verify.No || v.State == verify.StateHarmful || v.State == verify.StateOff {
		c.facts.Stimulus = verify.Unseen[verify.Stimulus]("there is no event stream that could deliver its events", v.Hint)
		return nil
	}
	before := c.facts
	s := verify.Stimulus{Begin: c.d.Now()}
	c.d.say("running one pod sandbox, which is removed at once")
	run, err := node.Stimulate(ctx, c.host, c.facts.Runtime, !c.facts.Kubelet.Metrics.Seen)
	if err != nil {
		return hint.With(fmt.Errorf("run a pod sandbox: %w", err), hint.Of(err))
	}
	s.Sandbox, s.Streamed = run.Sandbox, run.Streamed
	c.options.Earlier = before.Kubelet.Metrics
	for {
		facts, err := node.Observe(ctx, c.host, c.options)
		if err != nil {
			return err
		}
		s.End = c.d.Now()
		s.Counted = growth(before.Kubelet.Metrics, facts.Kubelet.Metrics)
		s.Logged = logged(before.Kubelet.Log, facts.Kubelet.Log)
		facts.Stimulus = verify.Seen(s, "a pod sandbox of our own")
		c.facts = facts
		done := s.Counted.Seen && s.Counted.Value >= verify.StimulusEvents || !s.Counted.Seen && verify.Is(s.Logged, true)
		if done || s.End.Sub(run.Removed) > counted {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause / 2):
		}
	}
}

// growth is by how much the kubelet's event counter grew between two readings of the same
// kubelet process.
func growth(before, after verify.Fact[verify.Metrics]) verify.Fact[uint64] {
	switch {
	case !after.Seen:
		return verify.Unseen[uint64](after.Why, after.Hint)
	case !before.Seen:
		return verify.Unseen[uint64](before.Why, before.Hint)
	case !after.Value.HasPLEG:
		return verify.Unseen[uint64]("the kubelet has no event counter (before 1.27)", "")
	case !before.Value.ProcessStart.Equal(after.Value.ProcessStart) || after.Value.Events < before.Value.Events:
		return verify.Unseen[uint64]("the kubelet restarted meanwhile", "run it again")
	}
	return verify.Seen(after.Value.Events-before.Value.Events, after.From)
}

// logged tells that the kubelet's log shows a received event that was not there before.
func logged(before, after verify.Fact[*logscan.Run]) verify.Fact[bool] {
	if !before.Seen || !after.Seen {
		return verify.Unseen[bool]("the log could not be read: "+after.Why, after.Hint)
	}
	return verify.Seen(after.Value.Arrived() > before.Value.Arrived(), after.From)
}
