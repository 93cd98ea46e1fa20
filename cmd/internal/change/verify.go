package change

import (
	"context"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/climb"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/source"
)

// Verdict is what the verification at the end saw.
type Verdict struct {
	State, Rung, Reason string
	// code is 0 where the goal is reached, 3 where it is not, 4 where that cannot be seen.
	code int
}

// GoalError reports that the goal of a request is not reached, or cannot be seen.
type GoalError struct {
	Verdict
	// pods reports whether it is missed for what became of the pods.
	pods bool
}

func (e *GoalError) Error() string { return "verification: " + e.State + ", " + e.Reason }

// ExitCode is 3 or 4.
func (e *GoalError) ExitCode() int { return e.code }

// goal returns what must be seen at the end of a request; false where nothing runs that
// could show it.
func (s *session) goal(q Request, p plan.Plan) (plan.Verify, bool) {
	if s.Host.Offline || q.NoRestart || p.Staged {
		return plan.Verify{}, false
	}
	if n := len(p.Steps); n > 0 {
		if step, ok := p.Steps[n-1].(plan.Verify); ok {
			return step, true
		}
	}
	switch q.Goal {
	case plan.GoalEnable:
		return plan.Verify{Level: q.Level, Strict: q.Strict, Accepted: len(p.Accepted) > 0, Wait: q.Wait}, true
	case plan.GoalDisable, plan.GoalRollback:
		return plan.Verify{Level: plan.LevelOff, Strict: q.Goal == plan.GoalDisable, Wait: q.Wait}, true
	case plan.GoalCouple, plan.GoalUncouple:
	}
	return plan.Verify{}, false
}

// verify asks whether the goal is reached, also when nothing had to change.
func (s *session) verify(ctx context.Context, o *Outcome) error {
	step, ok := s.goal(o.Request, o.Plan)
	if !ok {
		return nil
	}
	v, err := s.prove(ctx, step)
	o.Verdict = v
	if err == nil && v.code != 0 {
		err = &GoalError{Verdict: v}
	}
	return err
}

// look fills in the state of the node as it is after a failure.
func (s *session) look(ctx context.Context, o *Outcome) {
	options := s.observing()
	options.Quick, options.Limit = true, lifecycle.Look
	if facts, err := node.Observe(context.WithoutCancel(ctx), s.Host, options); err == nil {
		v := verify.Judge(facts)
		o.Verdict = Verdict{State: string(v.State), Rung: v.Rung.String(), Reason: v.Reason}
	}
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
	up := climb.Climb{Host: s.Host, Options: options, Facts: facts, Until: s.Now().Add(step.Wait), Progress: s.Progress}
	if step.Level == plan.LevelOff {
		up.Until = s.Now().Add(min(step.Wait, lifecycle.SeeOff))
		err := up.WaitFor(ctx, func(v verify.Verdict) bool {
			return v.State == verify.StateOff || judgeOff(v, up.Facts, step).code == 0
		})
		return judgeOff(verify.Judge(up.Facts), up.Facts, step), err
	}
	level, err := verify.ParseRung(step.Level)
	if err != nil {
		return Verdict{}, err
	}
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

// judge decides whether the level is reached.
func judge(v verify.Verdict, level verify.Rung, step plan.Verify) Verdict {
	out := Verdict{State: string(v.State), Rung: v.Rung.String(), Reason: v.Reason}
	switch v.Outcome(level) {
	case verify.Reached:
	case verify.Unsure:
		// Without --level the best that can be had is enough, and it is reported.
		if step.Strict {
			out.code = 4
		}
		out.Reason = fmt.Sprintf("whether the level %s is reached cannot be seen, and nothing speaks against it: %s", level, v.Reason)
	case verify.Missed:
		// A combination whose harm was accepted by name is harmful afterwards, as expected.
		if v.State != verify.StateHarmful || !step.Accepted || v.Rung < level {
			out.code = 3
		}
	}
	return out
}

// judgeOff decides whether the node is off, as after disable, or, after a rollback, as it
// was before: where its files have the gate on, it works.
func judgeOff(v verify.Verdict, f verify.Facts, step plan.Verify) Verdict {
	out := Verdict{State: string(v.State), Rung: v.Rung.String(), Reason: v.Reason}
	on := source.Is(f.Kubelet.Gate, true)
	switch v.State {
	case verify.StateOff, verify.StateHalf: // half: events stay on where plegctl did not turn them on
	case verify.StateWorks, verify.StateHarmful:
		if step.Strict || !on {
			out.code = 3
		}
	case verify.StateInconclusive:
		out.code = 4
	default: // restart-pending, fell-back, broken
		out.code = 3
	}
	return out
}
