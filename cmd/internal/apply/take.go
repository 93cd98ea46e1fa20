package apply

import (
	"context"
	"fmt"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// take is the one switch over the closed set of steps.
func (r *run) take(ctx context.Context, n int, s plan.Step) error {
	if r.Host.Units == nil && !onFile(s) {
		return fmt.Errorf("%s: only files are there", s.Text())
	}
	switch s := s.(type) {
	case plan.MakeDir:
		return r.file(n, s, s.Path, "", plan.FileState{}, plan.FileState{Exists: true, Dir: true, Mode: s.Mode})
	case plan.CreateFile:
		return r.create(n, s)
	case plan.WriteFile:
		return r.write(n, s)
	case plan.RemoveFile:
		return r.file(n, s, s.Path, s.Role, plan.FileState{Exists: true, Data: s.Before}, plan.FileState{})
	case plan.RestoreFile:
		return r.restore(n, s)
	case plan.StopUnit:
		return r.unit(ctx, n, s, systemd.Stop, s.Unit)
	case plan.StartUnit:
		return r.unit(ctx, n, s, systemd.Start, s.Unit)
	case plan.RestartUnit:
		return r.unit(ctx, n, s, systemd.Restart, s.Unit)
	case plan.ReloadUnits:
		return r.Host.Units.Reload(ctx)
	case plan.AwaitCRI:
		return r.awaitCRI(ctx, s.Endpoint)
	case plan.AwaitHealthz:
		return r.awaitHealthz(ctx, s.Port)
	case plan.Settle:
		return r.settle(ctx, s)
	case plan.Verify:
		return r.verify(ctx, s)
	}
	return fmt.Errorf("apply does not know the step %T", s)
}

// onFile tells that a step needs no running system.
func onFile(s plan.Step) bool {
	switch s.(type) {
	case plan.MakeDir, plan.CreateFile, plan.WriteFile, plan.RemoveFile, plan.RestoreFile:
		return true
	}
	return false
}

// write replaces bytes and keeps the metadata, which are read at this moment.
func (r *run) write(n int, s plan.WriteFile) error {
	now, err := r.state(s.Path)
	if err != nil {
		return err
	}
	after := now
	after.Data = s.After
	return r.file(n, s, s.Path, s.Role, plan.FileState{Exists: true, Data: s.Before}, after)
}

func (r *run) restore(n int, s plan.RestoreFile) error {
	if err := r.keep(s); err != nil {
		return err
	}
	return r.file(n, s, s.Path, s.Role, s.Now, s.Then)
}

// keep lays somebody else's work beside the record before it is overwritten.
func (r *run) keep(s plan.RestoreFile) error {
	if !s.Keep {
		return nil
	}
	name, err := r.Store.Keep(fmt.Sprintf("drifted-%s-%s", r.w.ID, s.Path), s.Now.Data)
	if err == nil {
		r.say("kept what was in %s as %s", s.Path, r.Store.Beside(name))
	}
	return err
}

// file brings a path from one state to another: check, intend, act, done.
func (r *run) file(n int, s plan.Step, path string, role plan.Role, want, then plan.FileState) error {
	now, err := r.state(path)
	if err != nil {
		return err
	}
	if !now.SameContent(want) {
		return &ChangedError{Path: path, Want: describe(want), Got: describe(now)}
	}
	r.notice(path)
	intent := record.Intent{Step: n, Text: s.Text(), Path: path, Role: role, Before: &now, After: &then, InPlace: r.InPlace}
	return r.recorded(intent, func() error { return r.put(path, now, then, false) })
}

// create makes a file that is new to the node.
func (r *run) create(n int, s plan.CreateFile) error {
	now, err := r.state(s.Path)
	if err != nil {
		return err
	}
	if now.Exists {
		return &ChangedError{Path: s.Path, Want: describe(plan.FileState{}), Got: describe(now)}
	}
	after := plan.FileState{Exists: true, Data: s.Data, Mode: s.Mode}
	intent := record.Intent{Step: n, Text: s.Text(), Path: s.Path, Role: s.Role, Before: &now, After: &after}
	return r.recorded(intent, func() error { return r.put(s.Path, now, after, true) })
}

func (r *run) unit(ctx context.Context, n int, s plan.Step, verb systemd.Verb, unit string) error {
	return r.recorded(record.Intent{Step: n, Text: s.Text(), Unit: unit, Verb: string(verb)}, func() error {
		return r.do(ctx, verb, unit)
	})
}

// recorded is the heart of the write-ahead record.
func (r *run) recorded(i record.Intent, act func() error) error {
	if err := failpoint.Hit("apply/before-intent"); err != nil {
		return err
	}
	if err := r.w.Intend(i); err != nil {
		return err
	}
	r.acted = true
	if err := failpoint.Hit("apply/after-intent"); err != nil {
		return err
	}
	if err := act(); err != nil {
		return err
	}
	if err := failpoint.Hit("apply/after-act"); err != nil {
		return err
	}
	if err := r.w.Done(i.Step); err != nil {
		return err
	}
	return failpoint.Hit("apply/after-done")
}

func describe(s plan.FileState) string {
	switch {
	case !s.Exists:
		return "no file"
	case s.Dir:
		return "a folder"
	}
	return "sha256 " + s.Digest()[:12]
}
