package change

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// execute takes the plan's steps. With nothing to do it does not even open a transaction,
// unless a rollback has records to close.
func (s *session) execute(ctx context.Context, q Request, p plan.Plan) (Outcome, error) {
	o := Outcome{Request: q, Plan: p, Recovered: s.recovered}
	for _, warning := range p.Warnings {
		s.Progress.Info("warning: %s", warning)
	}
	begin := s.begin(q, p)
	if p.Empty() && len(begin.Undoes) == 0 {
		return o, s.verify(ctx, &o)
	}
	x := s.executor()
	x.InPlace = s.inPlace(q)
	t, err := x.Begin(ctx, begin, p)
	if err != nil {
		return o, err
	}
	// What it wrote is on disk.
	defer func() { _ = t.Close() }()
	o.ID = t.ID()
	err = s.transact(ctx, &o, t)
	o.Changed = len(p.Steps) > 0
	var failed *apply.FailedError
	if errors.As(err, &failed) {
		o.Changed = t.Acted()
		s.look(ctx, &o)
		return o, err
	}
	s.disarmUndone(ctx, begin.Undoes)
	if pruned := s.store.Prune(q.Keep); pruned != nil {
		s.Progress.Info("the history could not be pruned: %v", pruned)
	}
	return o, err
}

// inPlace reports whether files that cannot be replaced are overwritten: what could only be
// overwritten can only be overwritten back.
func (s *session) inPlace(q Request) bool {
	return q.InPlace || q.Goal == plan.GoalRollback &&
		slices.ContainsFunc(s.undone(q), func(t record.Transaction) bool { return t.Begin.InPlace })
}

// transact executes and verifies; what fails is rolled back.
func (s *session) transact(ctx context.Context, o *Outcome, t *apply.Transaction) error {
	ctx, cancel := lifecycle.IgnoreHangup(ctx)
	defer cancel()
	g := guard{session: s, within: o.Request.ConfirmWithin, wait: o.Request.Wait}
	end := record.End{}
	err := g.arm(ctx, t.ID(), len(o.Plan.Restarts()) > 0)
	if err == nil {
		err = t.Execute(ctx)
	}
	if err == nil {
		err = s.verify(ctx, o)
		if o.Pods = t.Pods(ctx); err == nil {
			err = podsKept(o)
		}
	}
	var missed *GoalError
	if errors.As(err, &missed) && stays(o.Request.Goal, missed) {
		err = nil
	}
	end.State, end.Rung = o.Verdict.State, o.Verdict.Rung
	if err == nil {
		o.ConfirmBy, err = g.rearm(ctx, t.ID(), &end)
	}
	if err == nil {
		err = t.Commit(end)
	}
	if err == nil {
		g.release(context.WithoutCancel(ctx), t.ID(), end.ConfirmBy != nil)
		if missed != nil {
			return missed
		}
		return nil
	}
	o.ConfirmBy = time.Time{}
	err = t.Abort(ctx, err, end)
	o.Pods = t.Pods(ctx)
	var failed *apply.FailedError
	if !errors.As(err, &failed) || failed.Undo == nil {
		g.disarm(context.WithoutCancel(ctx), t.ID())
	}
	return err
}

// stays reports whether a change is kept whose goal is not reached: what it led to is
// reported. A rollback is not rolled back, and neither is a disable of which nothing can be
// seen, or that left the pods otherwise: the feature on again would be no safer.
func stays(goal plan.Goal, missed *GoalError) bool {
	return goal == plan.GoalRollback || goal == plan.GoalDisable && (missed.code == 4 || missed.pods)
}

// podsKept returns an error where the change did harm to pods.
func podsKept(o *Outcome) error {
	if o.Pods == nil || o.Pods.Harm() == "" {
		return nil
	}
	v := o.Verdict
	v.Reason, v.code = "pods are not as before: "+o.Pods.Harm(), 3
	return &GoalError{Verdict: v, pods: true}
}

// disarmUndone stops the timers of changes that were rolled back.
func (s *session) disarmUndone(ctx context.Context, undone []string) {
	for _, t := range s.past {
		if slices.Contains(undone, t.ID) && t.Ended != nil && t.Ended.Timer != "" {
			guard{session: s}.disarm(context.WithoutCancel(ctx), t.ID)
		}
	}
}

func (s *session) begin(q Request, p plan.Plan) record.Begin {
	u := s.units()
	u.Proof = plan.Proof{Settle: q.Settle, Wait: q.Wait}
	b := record.Begin{
		Goal: q.Goal, Who: s.Who, Reason: q.Reason, Accepted: p.Accepted, Forced: q.Force, Staged: p.Staged,
		Units: u, InPlace: q.InPlace, Process: processID(os.Getpid()),
	}
	if v := s.facts.Kubelet.Version; v.Seen {
		b.Kubelet = v.Value.String()
	}
	if r := s.facts.Runtime; r.Name.Seen {
		b.Runtime = string(r.Name.Value) + " " + r.Version.Value.String()
	}
	if q.Goal == plan.GoalRollback && s.partial == nil {
		for _, t := range s.undone(q) {
			b.Undoes = append(b.Undoes, t.ID)
		}
	}
	if boot := s.facts.Node.Boot; boot.Seen {
		b.Boot = boot.Value.UTC().Format(time.RFC3339)
	}
	return b
}
