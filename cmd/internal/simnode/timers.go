package simnode

import (
	"context"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// timer is an armed transient timer.
type timer struct {
	clock  *time.Timer
	next   time.Time
	firing bool
}

// OnTimer sets who runs the command of a timer that fires; without it the command is only
// noted in the journal. Timers count real seconds.
func (n *Node) OnTimer(run func(argv []string)) {
	n.units.mu.Lock()
	defer n.units.mu.Unlock()
	n.units.fire = run
}

// ArmTimer runs a command once after a while.
func (t *unitTable) ArmTimer(ctx context.Context, s systemd.TimerSpec) (systemd.Timer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timers[s.Name] != nil {
		return systemd.Timer{}, fmt.Errorf("arm the timer %s: there is one already", s.Name)
	}
	one := &timer{next: t.n.now().Add(s.After), clock: time.AfterFunc(s.After, func() { t.fired(s) })}
	t.timers[s.Name] = one
	t.n.journal.systemd(s.Name+".timer", "", fmt.Sprintf("Started %s.timer - %s.", s.Name, s.Description))
	return systemd.Timer{Name: s.Name, Armed: true, Next: one.next}, ctx.Err()
}

func (t *unitTable) fired(s systemd.TimerSpec) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one, run := t.timers[s.Name], t.fire
	if one == nil || t.closed {
		return
	}
	one.firing = true
	t.n.journal.systemd(s.Name+".service", "", fmt.Sprintf("Started %s.service - %s.", s.Name, s.Description))
	t.jobs.Go(func() {
		if run != nil {
			run(s.Exec)
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.timers, s.Name)
	})
}

// Timer is the state of a timer, systemd.ErrNoSuchUnit where it is not there.
func (t *unitTable) Timer(ctx context.Context, name string) (systemd.Timer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.timers[name]
	if one == nil {
		return systemd.Timer{}, fmt.Errorf("look at the timer %s: %w", name, systemd.ErrNoSuchUnit)
	}
	return systemd.Timer{Name: name, Armed: !one.firing, Firing: one.firing, Next: one.next}, ctx.Err()
}

// DisarmTimer takes a timer away before it fires.
func (t *unitTable) DisarmTimer(ctx context.Context, name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.timers[name]
	switch {
	case one == nil:
		return fmt.Errorf("look at the timer %s: %w", name, systemd.ErrNoSuchUnit)
	case one.firing || !one.clock.Stop():
		return fmt.Errorf("disarm the timer %s: %w", name, systemd.ErrFiring)
	}
	delete(t.timers, name)
	return ctx.Err()
}
