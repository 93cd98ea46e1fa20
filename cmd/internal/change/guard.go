package change

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// timers arms what runs a command once after a while, whatever becomes of this process.
type timers interface {
	ArmTimer(context.Context, systemd.TimerSpec) (systemd.Timer, error)
	DisarmTimer(ctx context.Context, name string) error
}

// guard is the safety net of a change: whenever a daemon is down, and until a change that
// must be confirmed is confirmed, a timer of systemd's and a unit for the next boot stand by
// to undo it. They need neither this process nor its terminal nor a configuration file.
//
// There are two timers, one after the other. The guard is armed before anything is changed;
// where it fires while the change is still at work, it waits. The second counts the time
// that was asked for, from the moment at which the change is made.
type guard struct {
	*session
	// within is when a change undoes itself unless it is confirmed; 0 is never. wait is how
	// long the change waits for a daemon.
	within, wait time.Duration
}

func guardName(id string) string { return "plegctl-guard-" + id }
func timerName(id string) string { return "plegctl-revert-" + id }

func (g guard) timers() (timers, bool) {
	t, ok := g.Host.Units.(timers)
	return t, ok
}

// arm runs before anything is changed. A change that need not be confirmed goes on without
// a guard that cannot be armed.
func (g guard) arm(ctx context.Context, id string, restarts bool) error {
	_, ok := g.timers()
	if g.within == 0 && (!restarts || !ok) {
		return nil
	}
	if !ok {
		return errors.New("--confirm-within needs systemd's timers, and this node has none")
	}
	// A long --wait does not mean a change that does not move.
	after := lifecycle.Guard + 3*max(0, g.wait-lifecycle.Wait)
	if g.within > 0 {
		after = min(after, g.within)
	}
	program, err := g.installProgram()
	if err == nil {
		_, err = g.set(ctx, guardName(id), id, after, g.command(program, id, "--guard"))
	}
	if err == nil {
		err = g.armBoot(program, id)
	}
	if err != nil && g.within == 0 {
		g.Progress.Info("note: no guard stands by in case this change is killed: %v", err)
		return nil
	}
	return err
}

// rearm runs when the change is made and verified.
func (g guard) rearm(ctx context.Context, id string, end *record.End) (time.Time, error) {
	if g.within == 0 {
		return time.Time{}, nil
	}
	program, err := g.installProgram()
	if err != nil {
		return time.Time{}, err
	}
	t, err := g.set(ctx, timerName(id), id, g.within, g.command(program, id))
	if err != nil {
		return time.Time{}, err
	}
	by := g.Now().Add(g.within)
	if !t.Next.IsZero() {
		by = t.Next
	}
	end.ConfirmBy, end.Timer = &by, timerName(id)
	return by, nil
}

// release ends the guard of a change that is made. What fires meanwhile finds it committed.
func (g guard) release(ctx context.Context, id string, pending bool) {
	if pending {
		g.stop(ctx, guardName(id))
		return
	}
	g.disarm(ctx, id)
}

// disarm is best effort: what fires for a change that is confirmed or rolled back finds
// nothing to undo, and removes the rest. So the timers go last, and only when that is done.
func (g guard) disarm(ctx context.Context, id string) {
	if err := g.disarmBoot(id); err != nil {
		g.Progress.Info("%s could not be removed, so the guard stays armed: it finds nothing to undo, and tries again: %v", bootName(id), err)
		return
	}
	g.stop(ctx, guardName(id))
	g.stop(ctx, timerName(id))
}

func (g guard) set(ctx context.Context, name, id string, after time.Duration, command []string) (systemd.Timer, error) {
	t, _ := g.timers()
	armed, err := t.ArmTimer(ctx, systemd.TimerSpec{
		Name: name, After: after, Exec: command,
		Description: "Undo the change " + id + " of plegctl unless it is made and confirmed",
		Retry:       lifecycle.RevertRetry, Final: []int32{0, exitPartial},
	})
	if err != nil {
		return armed, fmt.Errorf("arm %s: %w", name, err)
	}
	g.Progress.Detail("armed %s: it fires in %s", name, after)
	return armed, nil
}

func (g guard) stop(ctx context.Context, name string) {
	t, ok := g.timers()
	if !ok {
		return
	}
	// One that fires now, ours perhaps, finds nothing to do.
	err := t.DisarmTimer(ctx, name)
	if err != nil && !errors.Is(err, systemd.ErrNoSuchUnit) && !errors.Is(err, systemd.ErrFiring) {
		g.Progress.Info("the timer %s could not be stopped (%v); it will find nothing to do", name, err)
	}
}

// command is what runs: all that it needs is on the command line and in the record.
func (g guard) command(program, id string, more ...string) []string {
	o := g.Observe
	command := []string{program, "revert", "--record", id, "--state-dir", o.StateDir, "--kubelet-unit", o.KubeletUnit}
	for _, flag := range []struct{ name, value string }{
		{"--kubeconfig", o.Kubeconfig},
		{"--token-file", o.TokenFile},
		{"--runtime-unit", o.RuntimeUnit},
		{"--runtime-endpoint", o.RuntimeEndpoint},
	} {
		if flag.value != "" {
			command = append(command, flag.name, flag.value)
		}
	}
	return append(command, more...)
}

// quoteUnit spells an argument list for a unit file.
func quoteUnit(args []string) string {
	text := ""
	for i, arg := range args {
		if i > 0 {
			text += " "
		}
		text += escapeSpecifiers(strconv.Quote(arg))
	}
	return text
}
