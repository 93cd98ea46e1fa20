// Package node boots a whole node on this machine: systemd as PID 1 with
// journald and D-Bus in systemd-nspawn, containerd, a kubelet, and static pods.
//
// Start with [Boot], then [Node.Run] or [Node.SSH] for what an operator would
// type. A node writes to a scratch directory only, which [Node.Stop] removes.
// Everything that it runs ends with it, also when the suite is killed.
package node

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

//go:embed boot.sh
var bootScript string

// Parts are the directories that a node is laid together from. All but the scratch
// directory are shared between nodes and never written to.
type Parts struct {
	Debian     string // the root file system
	Containerd Maker  // containerd, shim and ctr
	Kubelet    Maker
	Plegctl    string // the static binary
	Images     string // the docker-archive of the nodes' images
	Scratch    string // where nodes keep what they write
}

// DefaultContainerd is the containerd of nodes that ask for no other.
const DefaultContainerd = "2.4.2"

// Maker returns the directory that holds the programs of a version below usr/bin.
type Maker func(ctx context.Context, version string) (string, error)

// Node is a booted node.
type Node struct {
	Name string
	Spec Spec

	directory string
	init      int // PID of the node's systemd, as this machine counts
	boot      *exec.Cmd
	ended     chan struct{}
	console   bytes.Buffer
}

// Boot lays a node together and waits until its systemd says that it is up.
// What the node runs after that is told by [Node.AwaitKubelet].
func Boot(ctx context.Context, parts Parts, spec Spec) (*Node, error) {
	name := "plegctl-e2e-" + spec.Name
	n := &Node{Name: name, Spec: spec, directory: filepath.Join(parts.Scratch, name), ended: make(chan struct{})}
	lower := append(slices.Clone(spec.Layers), parts.Debian)
	if !spec.Systemd {
		kubelet, err := parts.Kubelet(ctx, spec.Kubelet)
		if err != nil {
			return nil, fmt.Errorf("boot %s: %w", name, err)
		}
		containerd, err := parts.Containerd(ctx, cmp.Or(spec.Containerd, DefaultContainerd))
		if err != nil {
			return nil, fmt.Errorf("boot %s: %w", name, err)
		}
		lower = append([]string{kubelet, containerd}, lower...)
	}
	if err := n.furnish(ctx, parts); err != nil {
		return nil, fmt.Errorf("furnish %s: %w", name, err)
	}
	if err := n.launch(strings.Join(lower, ":")); err != nil {
		return nil, fmt.Errorf("boot %s: %w", name, err)
	}
	if err := n.awaitSystemd(ctx); err != nil {
		n.Stop()
		return nil, fmt.Errorf("boot %s: %w\n%s", name, err, n.console.String())
	}
	return n, nil
}

// launch starts the supervisor. The kernel kills it when the thread that
// started it ends, so that thread must live as long as the node: a goroutine
// locked to it waits for the supervisor's end.
func (n *Node) launch(lower string) error {
	n.boot = exec.Command("/bin/sh", "-c", bootScript, "boot.sh", n.Name, n.directory, lower)
	n.boot.Stdout, n.boot.Stderr = &n.console, &n.console
	n.boot.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		// Never unlocked: the thread ends with this goroutine.
		runtime.LockOSThread()
		err := n.boot.Start()
		started <- err
		if err == nil {
			_ = n.boot.Wait()
			close(n.ended)
		}
	}()
	return <-started
}

// awaitSystemd waits until every unit that is wanted at boot was started.
func (n *Node) awaitSystemd(ctx context.Context) error {
	return Poll(ctx, time.Minute, func(ctx context.Context) error {
		select {
		case <-n.ended:
			return Permanent(fmt.Errorf("its supervisor ended"))
		default:
		}
		if n.init == 0 {
			pid, err := findInit(n.boot.Process.Pid)
			if err != nil {
				return err
			}
			n.init = pid
		}
		out := n.Run(ctx, "systemctl is-system-running")
		if state := strings.TrimSpace(out.Stdout); state != "running" && state != "degraded" {
			return fmt.Errorf("systemd says %q: %s", state, out.Stderr)
		}
		return nil
	})
}

// Reboot ends every process of the node and boots it again, with the files that it has.
func (n *Node) Reboot(ctx context.Context) error {
	n.Run(ctx, "systemctl reboot")
	old := n.init
	err := Poll(ctx, time.Minute, func(context.Context) error {
		if err := syscall.Kill(old, 0); err == nil {
			return fmt.Errorf("%s does not go down", n.Name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	n.init = 0
	return n.awaitSystemd(ctx)
}

// Console is what the node's first process and systemd printed.
func (n *Node) Console() string { return n.console.String() }

// upper is where a file that the node is given lies on this machine.
func (n *Node) upper(path string) string { return filepath.Join(n.directory, "upper", path) }

// Stop ends every process of the node at once, as a power cut would, and
// removes what the node wrote. Stopping twice is harmless.
func (n *Node) Stop() {
	_ = n.boot.Process.Kill()
	<-n.ended
	removeLeftovers(n.Name, n.directory)
}

func removeLeftovers(name, directory string) {
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		if removeCgroups(name) == nil && os.RemoveAll(directory) == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
