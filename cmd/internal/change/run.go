package change

import (
	"context"
	"errors"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

// Outcome is what became of a request.
type Outcome struct {
	Request Request
	Plan    plan.Plan
	// ID is the transaction; "" when there was nothing to do.
	ID      string
	Verdict Verdict
	// Changed reports whether the node is not as it was before.
	Changed bool
	// ConfirmBy is when the change undoes itself unless it is confirmed; zero if it does not.
	ConfirmBy time.Time
	// Failed is what went wrong, if the change was begun.
	Failed *apply.FailedError
	// Complete reports whether the request came to an answer, be it a bad one.
	Complete bool
	// Pods are those after the change, compared with before; nil where nothing was restarted.
	Pods *report.Pods
	// Recovered is what a crash had left, and how it was ended.
	Recovered apply.Recovered
}

// Plan decides what a request would do, and changes nothing. The error may be a
// *[plan.RefusedError] or a *[plan.DriftError]; the plan that comes with it is what would
// be done without them.
func Plan(ctx context.Context, env Env, q Request) (plan.Plan, error) {
	s, err := openForRead(env, q.Goal == plan.GoalRollback)
	if err != nil {
		return plan.Plan{}, err
	}
	defer s.close()
	return s.decide(ctx, q)
}

// Preflight decides like [Plan] and returns the checks that the decision stands on, with
// the facts they judge: it passes where the same request would be carried out.
func Preflight(ctx context.Context, env Env, q Request) (verify.Facts, verify.Report, error) {
	s, err := openForRead(env, false)
	if err != nil {
		return verify.Facts{}, verify.Report{}, err
	}
	defer s.close()
	p, err := s.decide(ctx, q)
	var refused *plan.RefusedError
	if err != nil && !errors.As(err, &refused) {
		return verify.Facts{}, verify.Report{}, err
	}
	return s.facts, p.Report, nil
}

// Run makes a change: lock, recover, observe, decide, execute, verify. The error is nil
// where an outcome tells of the failure.
func Run(ctx context.Context, env Env, q Request) (Outcome, error) {
	s, err := openForChange(ctx, env, nil)
	if err != nil {
		return Outcome{}, err
	}
	defer s.close()
	if q.ConfirmWithin > 0 && (s.Host.Offline || q.NoRestart) {
		return Outcome{}, hint.With(errors.New("--confirm-within needs a running node that is restarted"), "leave it out with --root and --no-restart")
	}
	if q.Goal != plan.GoalRollback {
		if err := s.unconfirmed(); err != nil {
			return Outcome{}, err
		}
	}
	if !q.NoRecord {
		return s.run(ctx, q)
	}
	if err := s.unrecorded(); err != nil {
		return Outcome{}, err
	}
	o, err := s.run(ctx, q)
	if err == nil {
		o.ID, err = "", s.forget()
	}
	return o, err
}

func (s *session) run(ctx context.Context, q Request) (Outcome, error) {
	p, err := s.decide(ctx, q)
	if err != nil {
		return Outcome{Request: q, Plan: p}, s.explain(err)
	}
	o, err := s.execute(ctx, q, p)
	var missed *GoalError
	o.Complete = err == nil || errors.As(err, &o.Failed) || errors.As(err, &missed)
	if o.Complete && o.Failed == nil && s.partial != nil {
		err = s.partial
	}
	return o, s.explain(err)
}

// PartialError reports that a rollback brought back all files but those that another program
// changed where plegctl had changed them.
type PartialError struct{ Drift *plan.DriftError }

func (e *PartialError) Error() string { return "rolled back in part: " + e.Drift.Error() }

// Unwrap returns the files that were left.
func (e *PartialError) Unwrap() error { return e.Drift }

// ExitCode is that of drift.
func (e *PartialError) ExitCode() int { return exitPartial }
