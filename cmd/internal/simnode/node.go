package simnode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/simnode/kubeletsim"
	"github.com/plegctl/plegctl/cmd/internal/simnode/runtimesim"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/verify/known"
)

// PauseImage is the image under pod sandboxes on the simulated node.
const PauseImage = "registry.k8s.io/pause:3.10.2"

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

	kubelet  known.Version
	runtime  known.Version
	identity *kubeletsim.Identity
	ports    ports
	pods     []kubeletsim.Pod

	journal   *journalFile
	processes *processTable
	units     *unitTable
	store     *runtimesim.Store

	mu     sync.Mutex
	faults faults
	daemon *runtimesim.Daemon
	kproc  *kubeletsim.Kubelet
}

// New makes the node's files and starts its units, the runtime before the kubelet.
func New(opts Options) (*Node, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	n := &Node{opts: opts, dir: opts.Dir}
	if err := n.build(); err != nil {
		return nil, errors.Join(fmt.Errorf("simulate a node: %w", err), n.Close())
	}
	if opts.Stopped {
		return n, nil
	}
	for _, unit := range []string{n.RuntimeUnit(), KubeletUnit} {
		if _, err := n.units.Do(context.Background(), systemd.Start, unit); err != nil {
			return nil, errors.Join(fmt.Errorf("simulate a node: %w: %w", err, n.runtimeError()), n.Close())
		}
	}
	return n, nil
}

func (n *Node) build() (err error) {
	if n.kubelet, err = known.Parse(n.opts.Kubelet); err != nil {
		return err
	}
	if n.runtime, err = known.Parse(n.opts.RuntimeVersion); err != nil {
		return err
	}
	if n.dir == "" {
		n.ownDir = true
		if n.dir, err = os.MkdirTemp("", "plegsim"); err != nil {
			return err
		}
	}
	n.rootDir = filepath.Join(n.dir, "root")
	if n.identity, err = kubeletsim.NewIdentity(time.Now()); err != nil {
		return err
	}
	if n.ports, err = freePorts(); err != nil {
		return err
	}
	n.pods = n.workload()
	if err := n.writeFiles(); err != nil {
		return err
	}
	if n.root, err = hostfs.Open(n.rootDir); err != nil {
		return err
	}
	if n.journal, err = newJournalFile(filepath.Join(n.dir, "journal.export"), time.Now); err != nil {
		return err
	}
	n.processes = newProcessTable(n.work)
	n.store = runtimesim.NewStore(time.Now, PauseImage, "docker.io/library/busy:1")
	for _, pod := range n.pods {
		if len(pod.Init) == 0 {
			n.store.Seed(kubeletsim.SandboxConfig(pod), kubeletsim.ContainerConfig(pod, pod.Containers[0], 0))
		}
	}
	n.units = newUnitTable(n.rootDir, n.opts.Second, time.Now, n.journal, n.processes)
	n.units.add(n.RuntimeUnit(), n.launchRuntime)
	n.units.add(KubeletUnit, n.launchKubelet)
	return nil
}

// Host is the node as the commands see it. Each call opens the root anew, since a command
// closes the one that it was given.
func (n *Node) Host() *node.Host {
	root, err := hostfs.Open(n.rootDir)
	if err != nil {
		root = n.root // the folder is gone: let the first read say so
	}
	return &node.Host{
		Root: root, Now: time.Now, Units: n.units, Journal: n.journal, Processes: n.processes,
		Machine: machine{n}, Programs: machine{n},
	}
}

// Dir is the folder on this machine that is the node's "/".
func (n *Node) Dir() string { return n.rootDir }

// RuntimeUnit is the name of the runtime's unit.
func (n *Node) RuntimeUnit() string {
	if known.RuntimeName(n.opts.Runtime) == known.CRIO {
		return crioUnit
	}
	return containerdUnit
}

// Socket is the CRI endpoint as the node sees it.
func (n *Node) Socket() string {
	if known.RuntimeName(n.opts.Runtime) == known.CRIO {
		return "/run/crio/crio.sock"
	}
	return "/run/containerd/containerd.sock"
}

// JournalFile is the journal on this machine, in the journal export format.
func (n *Node) JournalFile() string { return filepath.Join(n.dir, "journal.export") }

// Close stops everything. The files go with it, unless Options.Dir named their folder.
func (n *Node) Close() error {
	if n.units != nil {
		n.heal()
		n.units.close()
	}
	if n.store != nil {
		n.store.Close()
	}
	if n.journal != nil {
		n.journal.close()
	}
	var err error
	if n.root != nil {
		err = n.root.Close()
	}
	if n.ownDir {
		err = errors.Join(err, os.RemoveAll(n.dir))
	}
	return err
}

// Keep leaves the files where they are when the node is closed, and returns their folder.
func (n *Node) Keep() string {
	n.ownDir = false
	return n.dir
}
