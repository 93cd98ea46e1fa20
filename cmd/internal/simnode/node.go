// Package simnode plays a whole node in a temporary directory, without root: a kubelet and
// a container runtime of named versions, their systemd units, their process table, their
// journal and their files. It is what `plegctl demo` and the tests of the commands run on;
// everything above node.Host works on it unchanged.
//
// Nothing is mocked at the protocol level: CRI is gRPC on a unix socket, the kubelet's ports
// speak HTTP and TLS on the loopback, configuration is read from files when a unit starts,
// and the journal is in journald's export format. What the parts do is in packages
// runtimesim and kubeletsim, in tables of their own that are held against recordings of
// real kubelets: it shares no knowledge with the packages that judge a node. What it does
// not do: run containers, isolate anything, or imitate more of systemd than units, restarts
// and their proofs.
//
// Start with [New] and [Node.Host].
package simnode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
	opts         Options
	dir, rootDir string
	kept         bool
	root         *hostfs.Root

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
	// daemon and kubelet are the present runs, or the last; nil where there was none yet.
	daemon  atomic.Pointer[runtimesim.Daemon]
	kubelet atomic.Pointer[kubeletsim.Kubelet]
}

// New makes the node's files, starts its units, the runtime before the kubelet, and waits
// until they have done what they do at their start.
func New(opts Options) (*Node, error) {
	n := &Node{opts: opts, atRest: make(chan struct{})}
	err := n.opts.complete()
	if err == nil {
		err = n.build()
	}
	if err == nil && !opts.Stopped {
		err = n.start()
	}
	n.ahead.Store(int64(opts.Age))
	close(n.atRest)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("simulate a node: %w", err), n.Close())
	}
	return n, nil
}

func (n *Node) build() (err error) {
	if n.dir, err = os.MkdirTemp("", "plegsim"); err != nil { // short: socket paths end at 107 bytes
		return err
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
	return nil
}

func (n *Node) start() error {
	for _, unit := range []string{n.RuntimeUnit(), KubeletUnit} {
		if _, err := n.units.Do(context.Background(), systemd.Start, unit); err != nil {
			return err
		}
	}
	k, d := n.kubelet.Load(), n.daemon.Load()
	select {
	case <-k.Done():
		return nil
	case <-k.Listening:
	}
	// With the gate on, until both sides have the event stream, or it has failed for the
	// last time.
	for gaveUp := false; !gaveUp; {
		if streams, _ := k.Counts(); streams == 1 && d.Readers() == 1 {
			break
		}
		select {
		case <-k.GaveUp:
			gaveUp = true
		case <-time.After(time.Millisecond):
		}
	}
	// A file that is written from now on is younger than the kubelet, also by the coarse
	// clock of file systems.
	for started, name := n.now(), filepath.Join(n.dir, "tick"); ; {
		err := os.WriteFile(name, nil, 0o600)
		info, statErr := os.Stat(name)
		if err = errors.Join(err, statErr); err != nil || info.ModTime().After(started) {
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

// Dir is the directory on this machine that is the node's "/".
func (n *Node) Dir() string { return n.rootDir }

// RuntimeUnit is the name of the runtime's unit, Socket the CRI endpoint as the node sees it.
func (n *Node) RuntimeUnit() string { return n.shortName() + ".service" }

// Socket returns the path of the CRI socket.
func (n *Node) Socket() string { return "/run/" + n.shortName() + "/" + n.shortName() + ".sock" }

// shortName is "crio" or "containerd".
func (n *Node) shortName() string { return strings.ReplaceAll(n.opts.Runtime, "-", "") }

// Reset stops the units, lets files be changed meanwhile, and starts them as [New] does.
func (n *Node) Reset(change func() error) error {
	for _, unit := range []string{KubeletUnit, n.RuntimeUnit()} {
		if _, err := n.units.Do(context.Background(), systemd.Stop, unit); err != nil {
			return err
		}
	}
	if err := errors.Join(change(), n.units.Reload(context.Background())); err != nil {
		return err
	}
	return n.start()
}

// RestartRuntime restarts the runtime below the running kubelet, as `systemctl restart`
// does: the mishap that Evented PLEG does not survive.
func (n *Node) RestartRuntime(ctx context.Context) error {
	_, err := n.units.Do(ctx, systemd.Restart, n.RuntimeUnit())
	return err
}

// RestartKubelet restarts the kubelet.
func (n *Node) RestartKubelet(ctx context.Context) error {
	_, err := n.units.Do(ctx, systemd.Restart, KubeletUnit)
	return err
}

// Kill ends the program of the unit as a crash does; its unit starts it again.
func (n *Node) Kill(unit string) {
	if k, d := n.kubelet.Load(), n.daemon.Load(); unit == KubeletUnit {
		k.Kill()
	} else {
		d.Kill()
	}
}

// Freeze makes the program of the unit stand still, as SIGSTOP does, or lets it go on.
func (n *Node) Freeze(unit string, yes bool) {
	if k, d := n.kubelet.Load(), n.daemon.Load(); unit == KubeletUnit && k != nil {
		k.Freeze(yes)
	} else if d != nil {
		d.Freeze(yes)
	}
}

// Close stops everything. The files go with it, but for [Node.Keep].
func (n *Node) Close() error {
	if n.units != nil {
		n.Freeze(KubeletUnit, false)
		n.Freeze(n.RuntimeUnit(), false)
		n.units.close()
		n.store.Close()
		_ = errors.Join(n.journal.file.Close(), n.root.Close()) // nothing is lost with them
	}
	if n.kept {
		return nil
	}
	return os.RemoveAll(n.dir)
}

// Keep leaves the files where they are when the node is closed, and returns their
// directory: root is the node, journal.export its journal.
func (n *Node) Keep() string {
	n.kept = true
	return n.dir
}
