package simnode

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// unitTable is the node's systemd.
type unitTable struct {
	root      string
	second    time.Duration
	clock     func() time.Time
	journal   *journalFile
	processes *processTable

	mu     sync.Mutex
	units  map[string]*unit
	pid    int
	timers map[string]*timer
	fire   func(argv []string)
	away   bool
	closed bool
	// jobs are work that a unit queued and nobody waits for (--no-block).
	jobs sync.WaitGroup
}

func newUnitTable(root string, second time.Duration, clock func() time.Time, j *journalFile, p *processTable) *unitTable {
	return &unitTable{root: root, second: second, clock: clock, journal: j, processes: p, units: map[string]*unit{}, timers: map[string]*timer{}, pid: 1000}
}

func (t *unitTable) add(name string, launch launcher) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.units[name] = &unit{name: name, launch: launch, loaded: loadUnit(t.root, name), now: systemd.Unit{Active: "inactive", Sub: "dead", Result: "success"}}
}

// nextPID is called with the table locked.
func (t *unitTable) nextPID() int {
	t.pid += 7
	return t.pid
}

// find also knows a unit by an alias of its own, "cri-o.service" for crio.service.
func (t *unitTable) find(name string) (*unit, error) {
	if t.away {
		return nil, systemd.ErrNoBus
	}
	if !strings.Contains(name, ".") {
		name += ".service"
	}
	if name == "cri-o.service" {
		name = "crio.service"
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
	return u.describe(t.root), ctx.Err()
}

// Do starts, stops or restarts a unit and returns it with the proof.
func (t *unitTable) Do(ctx context.Context, verb systemd.Verb, name string) (systemd.Unit, error) {
	if err := ctx.Err(); err != nil {
		return systemd.Unit{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.find(name)
	if err != nil {
		return systemd.Unit{}, err
	}
	if err := t.run(u, verb); err != nil {
		return u.describe(t.root), err
	}
	return u.describe(t.root), nil
}

// run is called with the table locked.
func (t *unitTable) run(u *unit, verb systemd.Verb) error {
	if u.loaded.masked {
		return &systemd.JobError{Unit: u.name, Verb: verb, Result: "failed"}
	}
	if verb != systemd.Start {
		t.stop(u)
	}
	if verb == systemd.Stop {
		return nil
	}
	u.now.NRestarts = 0
	if err := t.start(u); err != nil {
		return &systemd.JobError{Unit: u.name, Verb: verb, Result: "failed"}
	}
	return nil
}

// Reload makes it read unit files again.
func (t *unitTable) Reload(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.away {
		return systemd.ErrNoBus
	}
	for name, u := range t.units {
		u.loaded = loadUnit(t.root, name)
	}
	return ctx.Err()
}

// afterStart runs ExecStartPost= as far as it is known here: systemctl with --no-block.
// Called with the table locked.
func (t *unitTable) afterStart(u *unit) {
	for _, argv := range u.loaded.execStartPost {
		if len(argv) < 3 || path.Base(argv[0]) != "systemctl" || !slices.Contains(argv, "--no-block") {
			continue
		}
		verb, target := argv[len(argv)-2], argv[len(argv)-1]
		t.jobs.Add(1)
		go func() {
			defer t.jobs.Done()
			t.queued(verb, target)
		}()
	}
}

func (t *unitTable) queued(verb, name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.find(name)
	if err != nil || t.closed {
		return
	}
	switch {
	case verb == "try-restart" && u.proc != nil, verb == "restart":
		_ = t.run(u, systemd.Restart)
	case verb == "start":
		_ = t.run(u, systemd.Start)
	}
}

// close ends everything that runs.
func (t *unitTable) close() {
	t.mu.Lock()
	t.closed = true
	for _, one := range t.timers {
		one.clock.Stop()
	}
	for _, name := range []string{"kubelet.service", "crio.service", "containerd.service"} {
		if u := t.units[name]; u != nil {
			t.stop(u)
		}
	}
	t.mu.Unlock()
	t.jobs.Wait()
}

func base(name string) string { return path.Base(name) }
