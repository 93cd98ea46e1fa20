package change

import (
	"context"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/climb"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify"
)

// Verdict is what the verification at the end saw.
type Verdict struct {
	State, Rung, Reason string
	// ok reports whether the change may stay.
	ok bool
}

// verify climbs the ladder after a change, as `verify` does, where the plan ends with it.
func (s *session) verify(ctx context.Context, p plan.Plan) (Verdict, error) {
	if p.Empty() {
		return Verdict{}, nil
	}
	step, ok := p.Steps[len(p.Steps)-1].(plan.Verify)
	if !ok {
		return Verdict{}, nil
	}
	v, err := s.prove(ctx, step)
	if err == nil && !v.ok {
		err = fmt.Errorf("step %d (%s): verification: %s, %s", len(p.Steps), step.Text(), v.State, v.Reason)
	}
	return v, err
}

// prove observes until the level is decided. The level proven runs one pod sandbox: whoever
// asks for it wants the event.
func (s *session) prove(ctx context.Context, step plan.Verify) (Verdict, error) {
	options := s.observing()
	options.Quick = true
	facts, err := node.Observe(ctx, s.Host, options)
	if err != nil {
		return Verdict{}, fmt.Errorf("observe after the change: %w", err)
	}
	level := verify.RungNone
	if step.Level != plan.LevelOff {
		if level, err = verify.ParseRung(step.Level); err != nil {
			return Verdict{}, err
		}
	}
	up := climb.Climb{Host: s.Host, Options: options, Facts: facts, Until: s.Now().Add(step.Wait), Progress: s.Progress}
	if err := up.Wait(ctx, min(level, climb.Reachable(level == verify.RungProven))); err != nil {
		return Verdict{}, err
	}
	if level == verify.RungProven {
		if err := up.Stimulate(ctx); err != nil {
			return Verdict{}, err
		}
	}
	return judge(verify.Judge(up.Facts), level, step), nil
}

// judge decides whether a change may stay.
func judge(v verify.Verdict, level verify.Rung, step plan.Verify) Verdict {
	out := Verdict{State: string(v.State), Rung: v.Rung.String(), Reason: v.Reason}
	if step.Level == plan.LevelOff {
		// A rollback leads to whatever was there before; only disable promises an end of it.
		on := v.State == verify.StateWorks || v.State == verify.StateFellBack || v.State == verify.StateHarmful
		out.ok = !step.Strict || !on
		return out
	}
	switch v.Outcome(level) {
	case verify.Reached:
		out.ok = true
	case verify.Unsure:
		// Without --level the best that can be had is enough, and it is told.
		out.ok = !step.Strict
		out.Reason = fmt.Sprintf("whether the level %s is reached cannot be seen, and nothing speaks against it: %s", level, v.Reason)
	case verify.Missed:
		// A combination whose harm was accepted by name is harmful afterwards, as expected.
		out.ok = v.State == verify.StateHarmful && step.Accepted && v.Rung >= level
	}
	return out
}
