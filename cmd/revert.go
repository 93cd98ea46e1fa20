package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// timers arms what runs a command once after a while, whatever becomes of this process.
type timers interface {
	ArmTimer(context.Context, systemd.TimerSpec) error
	DisarmTimer(ctx context.Context, name string) error
}

// revert is the safety net of --confirm-within: a timer of systemd's, so it needs neither
// this process nor the terminal, that runs a copy of this program.
type revert struct {
	change *change
	within time.Duration
}

// copyName is the copy of this program in the state folder: the one that runs may be
// replaced or removed before the timer fires.
const copyName = "plegctl"

// arm is run before anything is changed. This first timer leaves time for the change itself.
func (r *revert) arm(ctx context.Context, id string) error {
	t, ok := r.change.host.Units.(timers)
	if !ok {
		return errors.New("--confirm-within needs systemd, which could not be reached")
	}
	if err := r.copySelf(); err != nil {
		return fmt.Errorf("keep a copy of plegctl for the revert: %w", err)
	}
	if err := t.ArmTimer(ctx, r.spec(id, r.within+apply.DefaultUndo)); err != nil {
		return fmt.Errorf("arm the revert: %w", err)
	}
	r.change.d.say("armed: %s undoes the change unless it is confirmed", timerName(id))
	return nil
}

// rearm sets the time that was asked for, counted from now that the change is made.
func (r *revert) rearm(ctx context.Context, id string, end *record.End) error {
	t, ok := r.change.host.Units.(timers)
	if !ok {
		return errors.New("systemd could not be reached")
	}
	by := r.change.d.Now().Add(r.within)
	if err := t.DisarmTimer(ctx, timerName(id)); err != nil {
		return fmt.Errorf("set the revert anew: %w", err)
	}
	if err := t.ArmTimer(ctx, r.spec(id, r.within)); err != nil {
		return fmt.Errorf("set the revert anew: %w", err)
	}
	end.ConfirmBy, end.Timer = &by, timerName(id)
	return nil
}

// disarm is best effort: a timer that fires for a change that is confirmed or taken back
// finds nothing to do.
func (r *revert) disarm(ctx context.Context, id string) {
	t, ok := r.change.host.Units.(timers)
	if !ok {
		return
	}
	if err := t.DisarmTimer(ctx, timerName(id)); err != nil {
		r.change.d.say("the revert timer %s could not be stopped (%v); it will find nothing to do", timerName(id), err)
	}
}

func timerName(id string) string { return "plegctl-revert-" + id }

func (r *revert) spec(id string, after time.Duration) systemd.TimerSpec {
	s := r.change.d.Settings
	command := []string{
		path.Join(s.StateDir, copyName), "recover", "--unconfirmed", id, "--state-dir", s.StateDir, "--kubelet-unit", s.KubeletUnit,
	}
	for flag, value := range map[string]string{
		"--runtime-unit": s.RuntimeUnit, "--runtime-endpoint": s.RuntimeEndpoint, "--config": s.Config,
		"--kubeconfig": s.Kubeconfig, "--token-file": s.TokenFile,
	} {
		if value != "" {
			command = append(command, flag, value)
		}
	}
	return systemd.TimerSpec{
		Name: timerName(id), After: after, Exec: command,
		Description: "Undo the change " + id + " of plegctl unless it is confirmed",
	}
}

// copySelf lays a copy of the running program into the state folder.
func (r *revert) copySelf() error {
	self, err := r.change.d.Self()
	if err != nil {
		return err
	}
	from, err := os.Open(self)
	if err != nil {
		return err
	}
	defer from.Close()
	return r.change.store.Install(copyName, from)
}
