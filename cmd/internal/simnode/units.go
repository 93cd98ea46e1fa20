package simnode

import (
	"context"
	"fmt"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// unitTable is the node's systemd.
type unitTable struct {
	n *Node

	mu     sync.Mutex
	units  map[string]*unit
	pid    int
	timers map[string]*timer
	fire   func(argv []string)
	closed bool
	// jobs are work that a unit queued and nobody waits for (--no-block).
	jobs sync.WaitGroup
}

func newUnitTable(n *Node) *unitTable {
	t := &unitTable{n: n, units: map[string]*unit{}, timers: map[string]*timer{}, pid: 1000}
	for name, launch := range map[string]launcher{n.RuntimeUnit(): n.launchRuntime, KubeletUnit: n.launchKubelet} {
		now := systemd.Unit{Name: name, Load: "loaded", Active: "inactive", Sub: "dead", Result: "success", ControlGroup: "/system.slice/" + name}
		t.units[name] = &unit{table: t, name: name, launch: launch, loaded: loadUnit(n.rootDir, name), now: now}
	}
	return t
}

// Unit is the unit's state now.
func (t *unitTable) Unit(ctx context.Context, name string) (now systemd.Unit, err error) {
	err = t.with(name, func(u *unit) error { now = u.describe(); return ctx.Err() })
	return now, err
}

// Do starts, stops or restarts a unit and returns it with the proof.
func (t *unitTable) Do(ctx context.Context, verb systemd.Verb, name string) (now systemd.Unit, err error) {
	if ctx.Err() != nil {
		return now, ctx.Err()
	}
	err = t.with(name, func(u *unit) error {
		err := u.do(verb)
		now = u.describe()
		return err
	})
	return now, err
}

// with runs f with the table locked; crio.service has an alias.
func (t *unitTable) with(name string, f func(*unit) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if path.Ext(name) == "" {
		name += ".service"
	}
	if name == "cri-o.service" {
		name = crioUnit
	}
	if u, ok := t.units[name]; ok && u.loaded.fragment != "" {
		return f(u)
	}
	return fmt.Errorf("unit %s: %w", name, systemd.ErrNoSuchUnit)
}

// Reload makes it read unit files again.
func (t *unitTable) Reload(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, u := range t.units {
		u.loaded = loadUnit(t.n.rootDir, name)
	}
	return ctx.Err()
}

// queue runs ExecStartPost= as far as it is known here: systemctl --no-block VERB UNIT.
func (t *unitTable) queue(argv []string) {
	if len(argv) < 4 || path.Base(argv[0]) != "systemctl" || !slices.Contains(argv, "--no-block") {
		return
	}
	verb, name := argv[len(argv)-2], argv[len(argv)-1]
	t.jobs.Go(func() {
		_ = t.with(name, func(u *unit) error { // nobody waits for it; the unit's state tells
			if t.closed || verb == "try-restart" && u.proc == nil {
				return nil
			}
			return u.do(systemd.Restart)
		})
	})
}

// close ends everything that runs.
func (t *unitTable) close() {
	t.mu.Lock()
	t.closed = true
	for _, one := range t.timers {
		one.clock.Stop()
	}
	t.units[KubeletUnit].stop()
	t.units[t.n.RuntimeUnit()].stop()
	t.mu.Unlock()
	t.jobs.Wait()
}

// timer is an armed transient timer.
type timer struct {
	systemd.Timer
	clock *time.Timer
}

// OnTimer sets who runs the command of a timer that fires. Timers count real seconds.
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
	one := &timer{Timer: systemd.Timer{Name: s.Name, Armed: true, Next: t.n.now().Add(s.After)}, clock: time.AfterFunc(s.After, func() { t.fired(s) })}
	t.timers[s.Name] = one
	t.n.journal.systemd(s.Name+".timer", "", fmt.Sprintf("Started %s.timer - %s.", s.Name, s.Description))
	return one.Timer, ctx.Err()
}

func (t *unitTable) fired(s systemd.TimerSpec) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one, run := t.timers[s.Name], t.fire
	if one == nil || t.closed {
		return
	}
	one.Armed, one.Firing = false, true
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
	return t.timer(ctx, name)
}

func (t *unitTable) timer(ctx context.Context, name string) (systemd.Timer, error) {
	if one := t.timers[name]; one != nil {
		return one.Timer, ctx.Err()
	}
	return systemd.Timer{}, fmt.Errorf("look at the timer %s: %w", name, systemd.ErrNoSuchUnit)
}

// DisarmTimer takes a timer away before it fires.
func (t *unitTable) DisarmTimer(ctx context.Context, name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, err := t.timer(ctx, name)
	if err == nil && (now.Firing || !t.timers[name].clock.Stop()) {
		err = fmt.Errorf("disarm the timer %s: %w", name, systemd.ErrFiring)
	}
	if err == nil {
		delete(t.timers, name)
	}
	return err
}
