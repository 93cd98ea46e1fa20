package change

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// timers arms what runs a command once after a while, whatever becomes of this process.
type timers interface {
	ArmTimer(context.Context, systemd.TimerSpec) (systemd.Timer, error)
	DisarmTimer(ctx context.Context, name string) error
}

// guard is the safety net of --confirm-within: a timer of systemd's, so it needs neither
// this process nor the terminal, that runs a copy of this program.
//
// There are two, one after the other. The guard is armed before anything is changed and
// leaves time for the change itself; the second counts the time that was asked for, from
// the moment at which the change is made.
type guard struct {
	*session
	within time.Duration
}

// copyName is the copy of this program in the state directory: the one that runs may be
// replaced or removed before the timer fires.
const copyName = "plegctl"

func guardName(id string) string { return "plegctl-guard-" + id }
func timerName(id string) string { return "plegctl-revert-" + id }

func (g guard) timers() (timers, error) {
	t, ok := g.Host.Units.(timers)
	if !ok {
		return nil, errors.New("--confirm-within needs systemd's timers, and this node has none")
	}
	return t, nil
}

// arm runs before anything is changed.
func (g guard) arm(ctx context.Context, id string) error {
	if g.within == 0 {
		return nil
	}
	if err := g.copySelf(); err != nil {
		return hint.With(fmt.Errorf("keep a copy of plegctl for the revert: %w", err), "programs must be allowed to run from --state-dir")
	}
	_, err := g.set(ctx, guardName(id), id, g.within+lifecycle.Undo)
	return err
}

// rearm runs when the change is made and verified.
func (g guard) rearm(ctx context.Context, id string, end *record.End) (time.Time, error) {
	if g.within == 0 {
		return time.Time{}, nil
	}
	t, err := g.set(ctx, timerName(id), id, g.within)
	if err != nil {
		return time.Time{}, err
	}
	by := g.Now().Add(g.within)
	if !t.Next.IsZero() {
		by = t.Next
	}
	end.ConfirmBy, end.Timer = &by, timerName(id)
	if err := g.stop(ctx, guardName(id)); err != nil {
		return by, fmt.Errorf("the change took too long: %w", err)
	}
	return by, nil
}

// disarm is best effort: a timer that fires for a change that is confirmed or rolled back
// finds nothing to do.
func (g guard) disarm(ctx context.Context, id string) {
	for _, name := range []string{guardName(id), timerName(id)} {
		// One that fires now, ours perhaps, finds nothing to do.
		if err := g.stop(ctx, name); err != nil && !errors.Is(err, systemd.ErrFiring) {
			g.Progress.Info("the timer %s could not be stopped (%v); it will find nothing to do", name, err)
		}
	}
}

func (g guard) set(ctx context.Context, name, id string, after time.Duration) (systemd.Timer, error) {
	t, err := g.timers()
	if err != nil {
		return systemd.Timer{}, err
	}
	armed, err := t.ArmTimer(ctx, systemd.TimerSpec{
		Name: name, After: after, Exec: g.command(id),
		Description: "Undo the change " + id + " of plegctl unless it is confirmed",
	})
	if err != nil {
		return armed, err
	}
	g.Progress.Detail("armed %s: it fires in %s", name, after)
	return armed, nil
}

func (g guard) stop(ctx context.Context, name string) error {
	t, err := g.timers()
	if err != nil {
		return nil //nolint:nilerr // no timers, nothing to stop
	}
	if err := t.DisarmTimer(ctx, name); !errors.Is(err, systemd.ErrNoSuchUnit) {
		return err
	}
	return nil
}

// command is what the timer runs: everything that it needs is on the command line.
func (g guard) command(id string) []string {
	o := g.Observe
	command := []string{
		g.Host.Root.Path(path.Join(o.StateDir, copyName)), "recover", "--unconfirmed", id,
		"--state-dir", o.StateDir, "--kubelet-unit", o.KubeletUnit,
	}
	for _, flag := range []struct{ name, value string }{
		{"--config", g.Config}, {"--kubeconfig", o.Kubeconfig}, {"--token-file", o.TokenFile},
		{"--runtime-unit", o.RuntimeUnit}, {"--runtime-endpoint", o.RuntimeEndpoint},
	} {
		if flag.value != "" {
			command = append(command, flag.name, flag.value)
		}
	}
	return command
}

// copySelf puts a copy of the running program into the state directory.
func (g guard) copySelf() error {
	self, err := g.Self()
	if err != nil {
		return err
	}
	from, err := os.Open(self)
	if err != nil {
		return err
	}
	return errors.Join(g.store.Install(copyName, from), from.Close())
}
