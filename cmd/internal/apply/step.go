package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// step is the one switch over the closed set of steps.
func (t *Transaction) step(ctx context.Context, n int, s plan.Step) error {
	if t.Host.Units == nil && !onFile(s) {
		return fmt.Errorf("%s: only files can be changed here", plan.Text(s))
	}
	switch s := s.(type) {
	case plan.MakeDir:
		return t.file(n, s, s.Path, "", plan.FileState{}, plan.FileState{Exists: true, Dir: true, Mode: s.Mode})
	case plan.CreateFile:
		return t.create(n, s)
	case plan.WriteFile:
		return t.write(n, s)
	case plan.RemoveFile:
		return t.file(n, s, s.Path, s.Role, plan.FileState{Exists: true, Data: s.Before}, plan.FileState{})
	case plan.RestoreFile:
		return t.restore(n, s)
	case plan.StopUnit:
		return t.unit(ctx, n, s, systemd.Stop, s.Unit)
	case plan.StartUnit:
		return t.unit(ctx, n, s, systemd.Start, s.Unit)
	case plan.RestartUnit:
		return t.unit(ctx, n, s, systemd.Restart, s.Unit)
	case plan.ReloadUnits:
		return t.Host.Units.Reload(ctx)
	case plan.AwaitCRI:
		return t.awaitCRI(ctx, s.Endpoint)
	case plan.DrainEvents:
		t.drain(ctx, s)
		return nil
	case plan.AwaitHealthz:
		return t.awaitHealthz(ctx, s)
	case plan.Settle:
		return t.settle(ctx, s)
	}
	return fmt.Errorf("apply does not know the step %T", s)
}

// onFile reports whether a step needs no running system.
func onFile(s plan.Step) bool {
	switch s.(type) {
	case plan.MakeDir, plan.CreateFile, plan.WriteFile, plan.RemoveFile, plan.RestoreFile:
		return true
	}
	return false
}

// write replaces bytes and keeps the metadata, which are read at this moment.
func (t *Transaction) write(n int, s plan.WriteFile) error {
	now, err := t.state(s.Path)
	if err != nil {
		return err
	}
	after := now
	after.Data = s.After
	return t.file(n, s, s.Path, s.Role, plan.FileState{Exists: true, Data: s.Before}, after)
}

func (t *Transaction) restore(n int, s plan.RestoreFile) error {
	if err := t.keep(s); err != nil {
		return err
	}
	return t.file(n, s, s.Path, s.Role, s.Now, s.Then, s.Real)
}

// keep lays another program's work beside the record before it is overwritten.
func (t *Transaction) keep(s plan.RestoreFile) error {
	if !s.Keep {
		return nil
	}
	name, err := t.Store.Keep(fmt.Sprintf("drifted-%s-%s", t.w.ID, s.Path), s.Now.Data)
	if err == nil {
		t.Progress.Info("kept what was in %s as %s", s.Path, t.Store.Beside(name))
	}
	return err
}

// file brings a path from one state to another: check, intend, act, done.
func (t *Transaction) file(n int, s plan.Step, path string, role plan.Role, want, then plan.FileState, recorded ...string) error {
	real := t.real(path)
	if len(recorded) > 0 && recorded[0] != "" {
		real = recorded[0]
	}
	at := path
	if real != "" {
		at = real
	}
	now, err := t.state(at)
	if err != nil {
		return err
	}
	if !now.SameContent(want) {
		return &ChangedError{Path: path, Want: describe(want), Got: describe(now)}
	}
	t.notice(at)
	intent := record.Intent{Step: n, Text: plan.Text(s), Path: path, Real: real, Role: role, Before: &now, After: &then, InPlace: t.InPlace}
	return t.recorded(intent, func() error { return t.put(at, now, then, false) })
}

// create makes a file that is new to the node.
func (t *Transaction) create(n int, s plan.CreateFile) error {
	now, err := t.state(s.Path)
	if err != nil {
		return err
	}
	if now.Exists {
		return &ChangedError{Path: s.Path, Want: describe(plan.FileState{}), Got: describe(now)}
	}
	after := plan.FileState{Exists: true, Data: s.Data, Mode: s.Mode}
	intent := record.Intent{Step: n, Text: plan.Text(s), Path: s.Path, Real: t.real(s.Path), Role: s.Role, Before: &now, After: &after}
	return t.recorded(intent, func() error { return t.put(s.Path, now, after, true) })
}

func (t *Transaction) unit(ctx context.Context, n int, s plan.Step, verb systemd.Verb, unit string) error {
	return t.recorded(record.Intent{Step: n, Text: plan.Text(s), Unit: unit, Verb: string(verb)}, func() error {
		if verb == systemd.Start {
			return t.start(ctx, unit)
		}
		return t.do(ctx, verb, unit)
	})
}

// recorded is the heart of the write-ahead record.
func (t *Transaction) recorded(i record.Intent, act func() error) error {
	if err := errors.Join(t.Lock.Check(), failpoint.Hit("apply/before-intent")); err != nil {
		return err
	}
	if err := t.w.Intend(i); err != nil {
		return err
	}
	t.intents = append(t.intents, i)
	if err := failpoint.Hit("apply/after-intent"); err != nil {
		return err
	}
	if err := act(); err != nil {
		return err
	}
	if err := failpoint.Hit("apply/after-act"); err != nil {
		return err
	}
	if err := t.w.Done(i.Step); err != nil {
		return err
	}
	return failpoint.Hit("apply/after-done")
}

func describe(s plan.FileState) string {
	switch {
	case !s.Exists:
		return "no file"
	case s.Dir:
		return "a directory"
	}
	return "sha256 " + s.Digest()[:12]
}
