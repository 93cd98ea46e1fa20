package climb

import (
	"context"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
)

// Stimulate runs one pod sandbox and looks whether the kubelet counted its events. On a
// node that is not connected there is nothing to prove, and nothing is run.
func (c *Climb) Stimulate(ctx context.Context) error {
	v := verify.Judge(c.Facts)
	if v.Of(verify.RungConnected).Holds == verify.No || v.State == verify.StateHarmful || v.State == verify.StateOff {
		c.Facts.Stimulus = verify.Unseen[verify.Stimulus]("no event stream could deliver its events", v.Hint)
		return nil
	}
	if answers := c.Facts.Runtime.Answers; !verify.Is(answers, true) {
		c.Facts.Stimulus = verify.Unseen[verify.Stimulus]("the runtime does not answer: "+answers.Why, answers.Hint)
		return nil
	}
	before := c.Facts
	s := verify.Stimulus{Begin: c.Host.Now()}
	c.Progress.Info("running one pod sandbox; it is removed at once")
	run, err := runSandbox(ctx, c.Host, c.Facts.Runtime, !c.Facts.Kubelet.Metrics.Seen)
	if err != nil {
		return hint.With(fmt.Errorf("run a pod sandbox: %w", err), hint.Of(err))
	}
	s.Sandbox, s.Streamed = run.id, run.streamed
	c.Options.Earlier = before.Kubelet.Metrics
	for {
		facts, err := node.Observe(ctx, c.Host, c.Options)
		if err != nil {
			return err
		}
		s.End = c.Host.Now()
		s.Counted = growth(before.Kubelet.Metrics, facts.Kubelet.Metrics)
		s.Logged = logged(before.Kubelet.Log, facts.Kubelet.Log)
		facts.Stimulus = verify.Seen(s, "a pod sandbox of our own")
		c.Facts = facts
		done := s.Counted.Seen && s.Counted.Value >= verify.StimulusEvents || !s.Counted.Seen && verify.Is(s.Logged, true)
		if done || s.End.Sub(run.removed) > lifecycle.EventsCounted {
			return nil
		}
		if err := pause(ctx, lifecycle.Observe/2); err != nil {
			return err
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

// logged reports whether the kubelet's log shows a received event that was not there before.
func logged(before, after verify.Fact[*logscan.Run]) verify.Fact[bool] {
	if !before.Seen || !after.Seen {
		return verify.Unseen[bool]("the log cannot be read: "+after.Why, after.Hint)
	}
	return verify.Seen(after.Value.Arrived() > before.Value.Arrived(), after.From)
}
