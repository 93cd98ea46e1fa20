package simnode

import (
	"context"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// timer is an armed transient timer.
type timer struct {
	clock *time.Timer
	next  time.Time
	// firing is closed when its command has ended.
	firing chan struct{}
}

// OnTimer sets who runs the command of a timer that fires; without it the command is
// only noted in the journal. Timers count real seconds.
func (n *Node) OnTimer(run func(argv []string)) {
	n.units.mu.Lock()
	defer n.units.mu.Unlock()
	n.units.fire = run
}

// ArmTimer runs a command once after a while.
func (t *unitTable) ArmTimer(ctx context.Context, s systemd.TimerSpec) (systemd.Timer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.away:
		return systemd.Timer{}, systemd.ErrNoBus
	case t.timers[s.Name] != nil:
		return systemd.Timer{}, fmt.Errorf("arm the timer %s: there is one already", s.Name)
	case s.After <= 0 || len(s.Exec) == 0:
		return systemd.Timer{}, fmt.Errorf("arm the timer %s: it needs a program and a time", s.Name)
	}
	one := &timer{next: t.clock().Add(s.After)}
	one.clock = time.AfterFunc(s.After, func() { t.fired(s) })
	t.timers[s.Name] = one
	t.journal.systemd(s.Name+".timer", "", fmt.Sprintf("Started %s.timer - %s.", s.Name, s.Description))
	return systemd.Timer{Name: s.Name, Armed: true, Next: one.next}, ctx.Err()
}

func (t *unitTable) fired(s systemd.TimerSpec) {
	t.mu.Lock()
	one, run := t.timers[s.Name], t.fire
	if one == nil || t.closed {
		t.mu.Unlock()
		return
	}
	one.firing = make(chan struct{})
	t.jobs.Add(1)
	t.journal.systemd(s.Name+".service", "", fmt.Sprintf("Started %s.service - %s.", s.Name, s.Description))
	t.mu.Unlock()
	defer t.jobs.Done()
	if run != nil {
		run(s.Exec)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	close(one.firing)
	delete(t.timers, s.Name)
}

// Timer is the state of a timer, systemd.ErrNoSuchUnit where it is not there.
func (t *unitTable) Timer(ctx context.Context, name string) (systemd.Timer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.away {
		return systemd.Timer{}, systemd.ErrNoBus
	}
	one := t.timers[name]
	if one == nil {
		return systemd.Timer{}, fmt.Errorf("look at the timer %s: %w", name, systemd.ErrNoSuchUnit)
	}
	return systemd.Timer{Name: name, Armed: one.firing == nil, Firing: one.firing != nil, Next: one.next}, ctx.Err()
}

// DisarmTimer takes a timer away before it fires.
func (t *unitTable) DisarmTimer(ctx context.Context, name string) error {
	now, err := t.Timer(ctx, name)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.timers[name]
	if now.Firing || one == nil || !one.clock.Stop() {
		return fmt.Errorf("disarm the timer %s: %w", name, systemd.ErrFiring)
	}
	delete(t.timers, name)
	return nil
}
