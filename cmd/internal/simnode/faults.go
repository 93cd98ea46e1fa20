package simnode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// Fault is something that goes wrong on the node.
type Fault string

// The faults. Those that concern a start take effect at the next one.
const (
	// KubeletCrashes: the kubelet dies half a second after each start.
	KubeletCrashes Fault = "kubelet-crashes"
	// RuntimeDead: the runtime does not start again.
	RuntimeDead Fault = "runtime-dead"
	// SocketHangs: the runtime takes calls and never answers.
	SocketHangs Fault = "socket-hangs"
	// HealthzBad: the kubelet's healthz stays at 500.
	HealthzBad Fault = "healthz-bad"
	// JournalUnreadable: the journal cannot be read.
	JournalUnreadable Fault = "journal-unreadable"
	// BusAway: systemd cannot be reached.
	BusAway Fault = "bus-away"
	// ReaderCrash: CRI-O 1.28 to 1.32 dies when a reader of its events leaves.
	ReaderCrash Fault = "reader-crash"
	// StopPanic: CRI-O dies in its own shutdown while its events are on.
	StopPanic Fault = "stop-panic"
	// NoPauseImage: the pause image is not on the node.
	NoPauseImage Fault = "no-pause-image"
)

type faults struct {
	kubeletCrashes, runtimeDead, socketHangs, healthzBad, crashOnLeave, panicOnStop bool
	sick                                                                            *atomic.Bool
	runtimeError                                                                    error
	runtimeStarted                                                                  bool
}

// Fault makes it go wrong from now on; with on false it heals.
func (n *Node) Fault(f Fault, on bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch f {
	case KubeletCrashes:
		n.faults.kubeletCrashes = on
	case RuntimeDead:
		n.faults.runtimeDead = on
	case SocketHangs:
		n.faults.socketHangs = on
		n.hang(on)
	case HealthzBad:
		n.faults.healthzBad = on
		if n.faults.sick != nil {
			n.faults.sick.Store(on)
		}
	case JournalUnreadable:
		n.journal.block(on)
	case BusAway:
		n.units.mu.Lock()
		n.units.away = on
		n.units.mu.Unlock()
	case ReaderCrash:
		n.faults.crashOnLeave = on
	case StopPanic:
		n.faults.panicOnStop = on
	case NoPauseImage:
		images := []string{PauseImage, "docker.io/library/busy:1"}
		if on {
			images = images[1:]
		}
		n.store.SetImages(images...)
	default:
		return fmt.Errorf("unknown fault %q", f)
	}
	return nil
}

func (n *Node) hang(on bool) {
	switch {
	case n.daemon == nil:
	case on:
		n.daemon.Hang()
	default:
		n.daemon.Release()
	}
}

// heal lets go what would hold up a stop.
func (n *Node) heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hang(false)
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

// KillRuntime ends the runtime as a crash does; its unit starts it again.
func (n *Node) KillRuntime() error {
	n.mu.Lock()
	d := n.daemon
	n.mu.Unlock()
	if d == nil {
		return errors.New("the runtime does not run")
	}
	d.Kill(errors.New("simulated crash"))
	return nil
}

// WriteFile puts a file on the node as an admin would, whole and at once.
func (n *Node) WriteFile(path, text string) error {
	name := filepath.Join(n.rootDir, path)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

func formatSeconds(s float64) string { return strconv.FormatFloat(s, 'f', -1, 64) }
