package cmd

import (
	"context"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify"
)

// proof climbs the ladder after a change, as `verify` does, and says whether it may stay.
// The level proven runs one pod sandbox: who asks for it wants the event.
func (c *change) proof(ctx context.Context, s plan.Verify) (apply.Verdict, error) {
	options := c.observing()
	options.Quick = true
	facts, err := node.Observe(ctx, c.host, options)
	if err != nil {
		return apply.Verdict{}, fmt.Errorf("observe after the change: %w", err)
	}
	level := verify.RungNone
	if s.Level != plan.LevelOff {
		if level, err = verify.ParseRung(s.Level); err != nil {
			return apply.Verdict{}, err
		}
	}
	up := climb{d: c.d, host: c.host, options: options, facts: facts, want: level, until: c.d.Now().Add(s.Wait)}
	if err := up.wait(ctx, min(level, climbable(level == verify.RungProven))); err != nil {
		return apply.Verdict{}, err
	}
	if level == verify.RungProven {
		if err := up.stimulate(ctx); err != nil {
			return apply.Verdict{}, err
		}
	}
	return judgeChange(verify.Judge(up.facts), level, s), nil
}

// judgeChange says whether a change may stay.
func judgeChange(v verify.Verdict, level verify.Rung, s plan.Verify) apply.Verdict {
	out := apply.Verdict{State: string(v.State), Rung: v.Rung.String(), Reason: v.Reason}
	if s.Level == plan.LevelOff {
		// A rollback leads to whatever was there before; only disable promises an end of it.
		on := v.State == verify.StateWorks || v.State == verify.StateFellBack || v.State == verify.StateHarmful
		out.OK = !s.Strict || !on
		return out
	}
	switch v.Outcome(level) {
	case verify.Reached:
		out.OK = true
	case verify.Unsure:
		// Without --level the best that can be had is enough, and it is told.
		out.OK = !s.Strict
		out.Reason = fmt.Sprintf("whether the level %s is reached could not be seen, and nothing speaks against it: %s", level, v.Reason)
	case verify.Missed:
		// A combination whose harm was accepted by name is harmful afterwards, as told.
		out.OK = v.State == verify.StateHarmful && s.Accepted && v.Rung >= level
	}
	return out
}
