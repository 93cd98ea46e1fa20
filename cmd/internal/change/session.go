package change

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

// session is one run of a verb that plans a change, and perhaps makes it.
type session struct {
	Env
	held  *hostfs.Lock
	store *record.Store // nil where there is no state directory yet
	past  []record.Transaction
	facts verify.Facts
	// recovered is what the start of this run found open and ended.
	recovered apply.Recovered
	// partial is what a rollback must leave, because another program changed it.
	partial error
	done    []func() error
}

// openForRead is for what only looks: nothing is locked, made or changed.
func openForRead(env Env, mustRead bool) (*session, error) {
	env.Host = env.Host.ReadOnly()
	s := &session{Env: env}
	_, err := s.openStore(false)
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, fs.ErrPermission) && !mustRead:
		s.Progress.Info("note: cannot read the change history: permission denied")
	default:
		return nil, hint.With(err, "run it as the user who made the changes")
	}
	if err := s.readPast(); err != nil {
		return nil, errors.Join(err, s.unwind())
	}
	return s, nil
}

// openForChange takes the lock, and finishes or undoes what a crash left.
func openForChange(ctx context.Context, env Env, configure func(*apply.Executor)) (*session, error) {
	s := &session{Env: env}
	err := s.lock()
	if err == nil {
		err = s.readPast()
	}
	if err == nil {
		err = s.stillAtWork()
	}
	if err == nil {
		x := s.executor()
		if configure != nil {
			configure(x)
		}
		s.recovered, err = x.Recover(ctx)
		if err == nil && s.recovered.ID != "" {
			guard{session: s}.disarm(context.WithoutCancel(ctx), s.recovered.ID)
		}
		err = s.explain(err)
	}
	if err == nil {
		err = s.readPast()
	}
	if err != nil {
		return nil, errors.Join(err, s.unwind())
	}
	return s, nil
}

// lock opens the state directory and takes its lock, which the kernel gives back when this
// process ends, however it ends.
func (s *session) lock() error {
	dir, err := s.openStore(true)
	if err != nil {
		return hint.With(err, "run it as root, or name another directory with --state-dir")
	}
	if !s.Host.Offline {
		if dir, err = s.Host.Root.StateDir(hostfs.LockDir, true); err != nil {
			return hint.With(err, "run it as root")
		}
		s.done = append(s.done, dir.Close)
	}
	held, err := hostfs.TakeLock(dir, processID(os.Getpid()), strings.Join(os.Args, " "), s.Now())
	var other *hostfs.LockedError
	if errors.As(err, &other) {
		return hint.With(err, "wait until it has ended, then run this again")
	}
	if err != nil {
		return err
	}
	s.held = held
	s.done = append(s.done, held.Release)
	return nil
}

func (s *session) openStore(create bool) (*os.Root, error) {
	dir, err := s.Host.Root.StateDir(s.Observe.StateDir, create)
	if err != nil {
		return nil, err
	}
	s.done = append(s.done, dir.Close)
	s.store = record.Open(dir, s.Now)
	return dir, nil
}

func (s *session) readPast() error {
	if s.store == nil {
		return nil
	}
	past, err := s.store.List()
	if err != nil {
		return hint.With(err, "look at the damaged file, then move it away: plegctl does not guess at it")
	}
	s.past = past
	return nil
}

func (s *session) executor() *apply.Executor {
	return &apply.Executor{Host: s.Host, Store: s.store, Progress: s.Progress, Lock: s.held}
}

func (s *session) close() {
	// Closing what was only read or is on disk already cannot lose anything.
	_ = s.unwind()
}

func (s *session) unwind() error {
	var failed []error
	for i := len(s.done) - 1; i >= 0; i-- {
		failed = append(failed, s.done[i]())
	}
	s.done = nil
	return errors.Join(failed...)
}

// explain adds to an error what the operator can do about it. The manual steps of a failed
// rollback are printed: not even --quiet may hide them.
func (s *session) explain(err error) error {
	var refused *plan.RefusedError
	var drift *plan.DriftError
	var failed *apply.FailedError
	var unit *apply.UnitError // what tells why a daemon ended helps more than to look at its socket
	switch {
	case errors.As(err, &refused):
		return hint.With(err, refused.Hint())
	case errors.As(err, &failed):
		if len(failed.ManualSteps) > 0 {
			s.Progress.Print(report.EscapeLines("plegctl: recover manually:\n  " + strings.Join(failed.ManualSteps, "\n  ") + "\n"))
		}
		switch {
		case errors.As(err, &drift):
			return hint.With(err, "`plegctl recover --force` overwrites it and keeps a copy, `plegctl recover --leave` leaves it")
		case errors.Is(err, hostfs.ErrBusy):
			return hint.With(err, "--in-place overwrites such a file; the record keeps the old bytes")
		case len(failed.ManualSteps) > 0 && (hint.Of(err) == "" || errors.As(err, &unit)):
			return hint.With(err, failed.ManualSteps[0])
		}
	case errors.As(err, &drift):
		return hint.With(err, "`plegctl rollback --force` overwrites it and keeps a copy beside the record")
	}
	return err
}
