package cmd

import (
	"context"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// fault is something that goes wrong at the edge of a simulated node.
type fault string

const (
	// kubeletCrashes: the kubelet dies soon after each start, from the next one on.
	kubeletCrashes fault = "kubelet-crashes"
	// runtimeDead: the runtime does not start again: its configuration is broken.
	runtimeDead fault = "runtime-dead"
	// journalUnreadable: the journal cannot be read; busAway: systemd cannot be reached.
	journalUnreadable fault = "journal-unreadable"
	busAway           fault = "bus-away"
)

// faults are those that are on.
type faults struct {
	mu       sync.Mutex
	on       map[fault]bool
	crashing bool
}

func (f *faults) set(sim *simnode.Node, one fault, on bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.on == nil {
		f.on = map[fault]bool{}
	}
	switch one {
	case kubeletCrashes, journalUnreadable, busAway:
	case runtimeDead:
		if err := sim.WriteFile("/etc/containerd/config.toml", "level = debug\n"); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unknown fault %q", one)
	}
	f.on[one] = on
	return nil
}

func (f *faults) has(one fault) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.on[one]
}

// host is the node with what is broken now.
func (f *faults) host(sim *simnode.Node) *node.Host {
	h := sim.Host()
	if f.has(journalUnreadable) {
		h.Journal = noJournal{}
	}
	if f.has(busAway) {
		h.Units = noBus{}
	}
	if f.has(kubeletCrashes) {
		h.Units = crashingKubelet{h.Units, f, sim}
	}
	return h
}

type noJournal struct{}

func (noJournal) Read(context.Context, journal.Query, func(journal.Entry) error) error {
	return &fs.PathError{Op: "open", Path: "/var/log/journal", Err: fs.ErrPermission}
}

type noBus struct{}

func (noBus) Unit(context.Context, string) (systemd.Unit, error) {
	return systemd.Unit{}, systemd.ErrNoBus
}

func (noBus) Do(context.Context, systemd.Verb, string) (systemd.Unit, error) {
	return systemd.Unit{}, systemd.ErrNoBus
}
func (noBus) Reload(context.Context) error { return systemd.ErrNoBus }

type crashingKubelet struct {
	node.Units
	faults *faults
	sim    *simnode.Node
}

// Do lets every kubelet crash once one was started.
func (c crashingKubelet) Do(ctx context.Context, verb systemd.Verb, name string) (systemd.Unit, error) {
	u, err := c.Units.Do(ctx, verb, name)
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	if u.Name == simnode.KubeletUnit && verb != systemd.Stop && !c.faults.crashing {
		c.faults.crashing = true
		go func() {
			for c.faults.has(kubeletCrashes) {
				c.sim.Kill(simnode.KubeletUnit)
				time.Sleep(5 * time.Millisecond)
			}
		}()
	}
	return u, err
}
