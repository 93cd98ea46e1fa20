package simnode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/simnode/kubeletsim"
	"github.com/plegctl/plegctl/cmd/internal/simnode/runtimesim"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// Names of the kubelet's and the runtimes' units.
const (
	KubeletUnit    = "kubelet.service"
	crioUnit       = "crio.service"
	containerdUnit = "containerd.service"
)

// Node is a simulated node. Its methods may be called from several goroutines.
type Node struct {
	opts    Options
	dir     string
	ownDir  bool
	rootDir string
	root    *hostfs.Root

	identity *kubeletsim.Identity
	ports    ports
	pod      *kubeletsim.Pod
	journal  *journalFile
	units    *unitTable
	store    *runtimesim.Store

	// ahead is how far the node's clock is ahead of the machine's, in nanoseconds.
	ahead atomic.Int64
	// atRest is closed when the node is as old as it has to be; it runs no pod before.
	atRest chan struct{}

	mu      sync.Mutex
	daemon  *runtimesim.Daemon
	kubelet *kubeletsim.Kubelet
}

// New makes the node's files, starts its units, the runtime before the kubelet, and waits
// until they have done what they do at their start.
func New(opts Options) (*Node, error) {
	n := &Node{opts: opts, dir: opts.Dir, atRest: make(chan struct{})}
	err := n.opts.complete()
	if err == nil {
		err = n.build()
	}
	if err == nil && !opts.Stopped {
		err = n.start()
	}
	n.ahead.Store(int64(n.opts.Age))
	close(n.atRest)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("simulate a node: %w", err), n.Close())
	}
	return n, nil
}

func (n *Node) build() (err error) {
	if n.dir == "" {
		n.ownDir = true
		if n.dir, err = os.MkdirTemp("", "plegsim"); err != nil {
			return err
		}
	}
	n.rootDir = filepath.Join(n.dir, "root")
	if n.identity, err = kubeletsim.NewIdentity(); err != nil {
		return err
	}
	if n.ports, err = freePorts(); err != nil {
		return err
	}
	n.pod = n.workload()
	if err := n.writeFiles(); err != nil {
		return err
	}
	if n.root, err = hostfs.Open(n.rootDir); err != nil {
		return err
	}
	if n.journal, err = newJournalFile(filepath.Join(n.dir, "journal.export"), n.now); err != nil {
		return err
	}
	n.store = runtimesim.NewStore(n.now, pauseImage, "docker.io/library/busy:1")
	n.units = newUnitTable(n)
	n.units.add(n.RuntimeUnit(), n.launchRuntime)
	n.units.add(KubeletUnit, n.launchKubelet)
	return nil
}

func (n *Node) start() error {
	for _, unit := range []string{n.RuntimeUnit(), KubeletUnit} {
		if _, err := n.units.Do(context.Background(), systemd.Start, unit); err != nil {
			return fmt.Errorf("%w: %w", err, n.units.launchError())
		}
	}
	k, d := n.programs()
	select {
	case <-k.Done():
		return nil
	case <-k.Listening():
	}
	if err := n.awaitTick(); err != nil {
		return err
	}
	// With the gate on, until the event stream is up, or has failed for the last time.
	for d.Readers() == 0 {
		select {
		case <-k.GaveUp():
			return nil
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// awaitTick waits until a file that is written is younger than the kubelet, also by the
// coarse clock of file systems.
func (n *Node) awaitTick() error {
	started, name := n.now(), filepath.Join(n.dir, "tick")
	for {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			return err
		}
		info, err := os.Stat(name)
		if err != nil || info.ModTime().After(started) {
			return errors.Join(err, os.Remove(name))
		}
	}
}

func (n *Node) now() time.Time { return time.Now().Add(time.Duration(n.ahead.Load())) }

// Host is the node as the commands see it. Each call opens the root anew, since a command
// closes the one that it was given.
func (n *Node) Host() *node.Host {
	root, err := hostfs.Open(n.rootDir)
	if err != nil {
		root = n.root // the directory is gone: let the first read say so
	}
	return &node.Host{Root: root, Now: n.now, Units: n.units, Journal: n.journal, Processes: processes{n}, Machine: machine{n}, Programs: machine{n}}
}

// programs are the runs of the kubelet and the runtime; nil where there was none yet.
func (n *Node) programs() (*kubeletsim.Kubelet, *runtimesim.Daemon) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.kubelet, n.daemon
}

// Dir is the directory on this machine that is the node's "/".
func (n *Node) Dir() string { return n.rootDir }

// RuntimeUnit is the name of the runtime's unit.
func (n *Node) RuntimeUnit() string {
	if n.opts.Runtime == runtimesim.CRIO {
		return crioUnit
	}
	return containerdUnit
}

// Socket is the CRI endpoint as the node sees it.
func (n *Node) Socket() string {
	if n.opts.Runtime == runtimesim.CRIO {
		return "/run/crio/crio.sock"
	}
	return "/run/containerd/containerd.sock"
}

// Close stops everything. The files go with it, unless Options.Dir named their directory.
func (n *Node) Close() error {
	if n.units != nil {
		n.Freeze(KubeletUnit, false)
		n.Freeze(n.RuntimeUnit(), false)
		n.units.close()
		n.store.Close()
		n.journal.close()
		_ = n.root.Close()
	}
	if n.ownDir {
		return os.RemoveAll(n.dir)
	}
	return nil
}

// Keep leaves the files where they are when the node is closed, and returns their
// directory: root is the node, journal.export its journal.
func (n *Node) Keep() string {
	n.ownDir = false
	return n.dir
}
