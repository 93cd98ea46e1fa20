package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// timers arms what runs a command once after a while, whatever becomes of this process.
type timers interface {
	ArmTimer(context.Context, systemd.TimerSpec) (systemd.Timer, error)
	DisarmTimer(ctx context.Context, name string) error
}

// revert is the safety net of --confirm-within: a timer of systemd's, so it needs neither
// this process nor the terminal, that runs a copy of this program.
//
// There are two, one after the other. The guard is armed before anything is changed and
// leaves time for the change itself; the second counts the time that was asked for, from
// the moment at which the change is made.
type revert struct {
	change *change
	within time.Duration
}

// copyName is the copy of this program in the state folder: the one that runs may be
// replaced or removed before the timer fires.
const copyName = "plegctl"

func guardName(id string) string { return "plegctl-guard-" + id }
func timerName(id string) string { return "plegctl-revert-" + id }

func (r *revert) timers() (timers, error) {
	t, ok := r.change.host.Units.(timers)
	if !ok {
		return nil, errors.New("--confirm-within needs systemd's timers, and this node has none")
	}
	return t, nil
}

// arm runs before anything is changed.
func (r *revert) arm(ctx context.Context, id string) error {
	if err := r.copySelf(); err != nil {
		return hint.With(fmt.Errorf("keep a copy of plegctl for the revert: %w", err), "programs must be allowed to run from --state-dir")
	}
	_, err := r.set(ctx, guardName(id), id, r.within+apply.DefaultUndo)
	return err
}

// rearm runs when the change is made and verified.
func (r *revert) rearm(ctx context.Context, id string, end *record.End) error {
	t, err := r.set(ctx, timerName(id), id, r.within)
	if err != nil {
		return err
	}
	by := r.change.d.Now().Add(r.within)
	if !t.Next.IsZero() {
		by = t.Next
	}
	end.ConfirmBy, end.Timer = &by, timerName(id)
	if err := r.stop(ctx, guardName(id)); err != nil {
		return fmt.Errorf("the change took too long: %w", err)
	}
	return nil
}

// disarm is best effort: a timer that fires for a change that is confirmed or taken back
// finds nothing to do.
func (r *revert) disarm(ctx context.Context, id string) {
	for _, name := range []string{guardName(id), timerName(id)} {
		// One that fires now, ours perhaps, finds nothing to do.
		if err := r.stop(ctx, name); err != nil && !errors.Is(err, systemd.ErrFiring) {
			r.change.d.say("the timer %s could not be stopped (%v); it will find nothing to do", name, err)
		}
	}
}

func (r *revert) set(ctx context.Context, name, id string, after time.Duration) (systemd.Timer, error) {
	t, err := r.timers()
	if err != nil {
		return systemd.Timer{}, err
	}
	armed, err := t.ArmTimer(ctx, systemd.TimerSpec{
		Name: name, After: after, Exec: r.command(id),
		Description: "Undo the change " + id + " of plegctl unless it is confirmed",
	})
	if err != nil {
		return armed, err
	}
	r.change.d.detail("armed %s: it fires in %s", name, after)
	return armed, nil
}

func (r *revert) stop(ctx context.Context, name string) error {
	t, err := r.timers()
	if err != nil {
		return err
	}
	if err := t.DisarmTimer(ctx, name); !errors.Is(err, systemd.ErrNoSuchUnit) {
		return err
	}
	return nil
}

// command is what the timer runs: everything that it needs is on the command line.
func (r *revert) command(id string) []string {
	s := r.change.d.Settings
	command := []string{
		r.change.host.Root.Path(path.Join(s.StateDir, copyName)), "recover", "--unconfirmed", id,
		"--state-dir", s.StateDir, "--kubelet-unit", s.KubeletUnit,
	}
	for _, flag := range []struct{ name, value string }{
		{"--config", s.Config}, {"--kubeconfig", s.Kubeconfig}, {"--token-file", s.TokenFile},
		{"--runtime-unit", s.RuntimeUnit}, {"--runtime-endpoint", s.RuntimeEndpoint},
	} {
		if flag.value != "" {
			command = append(command, flag.name, flag.value)
		}
	}
	return command
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
	return errors.Join(r.change.store.Install(copyName, from), from.Close())
}
