package simnode

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

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
	failed error
	closed bool
	// jobs are work that a unit queued and nobody waits for (--no-block).
	jobs sync.WaitGroup
}

func newUnitTable(n *Node) *unitTable {
	return &unitTable{n: n, units: map[string]*unit{}, timers: map[string]*timer{}, pid: 1000}
}

func (t *unitTable) add(name string, launch launcher) {
	now := systemd.Unit{Name: name, Active: "inactive", Sub: "dead", Result: "success", ControlGroup: "/system.slice/" + name}
	t.units[name] = &unit{table: t, name: name, launch: launch, loaded: loadUnit(t.n.rootDir, name), now: now}
}

// find also knows crio.service by its alias. Called with the table locked.
func (t *unitTable) find(name string) (*unit, error) {
	if !strings.Contains(name, ".") {
		name += ".service"
	}
	if name == "cri-o.service" {
		name = crioUnit
	}
	u, ok := t.units[name]
	if !ok || !u.loaded.found {
		return nil, fmt.Errorf("unit %s: %w", name, systemd.ErrNoSuchUnit)
	}
	return u, nil
}

// Unit is the unit's state now.
func (t *unitTable) Unit(ctx context.Context, name string) (systemd.Unit, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.find(name)
	if err != nil {
		return systemd.Unit{}, err
	}
	return u.describe(), ctx.Err()
}

// Do starts, stops or restarts a unit and returns it with the proof.
func (t *unitTable) Do(ctx context.Context, verb systemd.Verb, name string) (systemd.Unit, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.find(name)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return systemd.Unit{}, err
	}
	err = u.do(verb)
	return u.describe(), err
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

func (t *unitTable) launchError() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

// afterStart runs ExecStartPost= as far as it is known here: systemctl with --no-block.
// Called with the table locked.
func (t *unitTable) afterStart(posts [][]string) {
	for _, argv := range posts {
		if len(argv) > 2 && path.Base(argv[0]) == "systemctl" && slices.Contains(argv, "--no-block") {
			t.jobs.Go(func() { t.queued(argv[len(argv)-2], argv[len(argv)-1]) })
		}
	}
}

func (t *unitTable) queued(verb, name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.find(name)
	switch {
	case err != nil || t.closed:
	case verb == "try-restart" && u.proc != nil, verb == "restart":
		_ = u.do(systemd.Restart) // nobody waits for it; its state tells
	case verb == "start":
		_ = u.do(systemd.Start)
	}
}

// close ends everything that runs.
func (t *unitTable) close() {
	t.mu.Lock()
	t.closed = true
	for _, one := range t.timers {
		one.clock.Stop()
	}
	for _, name := range []string{KubeletUnit, t.n.RuntimeUnit()} {
		if u := t.units[name]; u != nil {
			u.stop()
		}
	}
	t.mu.Unlock()
	t.jobs.Wait()
}
