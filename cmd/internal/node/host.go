package node

import (
	"context"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/logscan"
)

// Host is the edge: everything through which plegctl touches one node. The real machine
// and the simulated node each make one; nothing above this type knows which it has.
type Host struct {
	// Root holds the node's files. Names given to it are paths as the node sees them.
	Root *hostfs.Root
	// Offline tells that only files are there (--root): no units, no processes, no
	// sockets. What needs a running system is then skipped by name, never guessed.
	Offline bool
	// Now is the node's clock.
	Now func() time.Time

	// Units is nil when Offline. It dials nothing before its first call.
	Units Units
	// Journal is nil when there is none to read.
	Journal Journal
	// Processes is nil when Offline.
	Processes Processes
	// BinaryVersion asks the program of a running kubelet for its version; nil where that
	// is not possible.
	BinaryVersion func(context.Context, Process) (string, error)
	// Settle is how long a kubelet needs after its start until it has surely tried to open
	// its event stream; 0 means the real kubelet's time, see verify.Facts.
	Settle time.Duration
	// Privileged tells whether this process may change the node, ClockSynced whether the
	// node's clock is disciplined; nil asks the machine that plegctl runs on.
	Privileged  func() bool
	ClockSynced func() (bool, error)
	// KubeletAddress, when not empty, replaces the host part ("127.0.0.1") under which
	// the kubelet's ports are reached.
	KubeletAddress string
}

// Units reads and changes systemd units. Commands that only look are given a [Host] whose
// Units refuse to change anything; see [Host.ReadOnly].
type Units interface {
	// Unit is the unit's state now; systemd.ErrNoSuchUnit where there is none.
	Unit(ctx context.Context, name string) (systemd.Unit, error)
	// Do runs one verb and returns the unit as it is with the proof (a new InvocationID
	// after start and restart), or a *systemd.JobError.
	Do(ctx context.Context, verb systemd.Verb, name string) (systemd.Unit, error)
	// Reload makes systemd read unit files again.
	Reload(ctx context.Context) error
}

// Journal reads log entries, oldest first, and hands each to fn; an error from fn ends the
// reading and comes back. The entry's bytes are valid only during the call.
type Journal interface {
	Read(ctx context.Context, q journal.Query, fn func(logscan.Entry) error) error
}

// Processes reads the process table.
type Processes interface {
	// Process is the process with that PID; an error that is fs.ErrNotExist where it is gone.
	Process(pid int) (Process, error)
	// Named lists the processes whose executable has that base name ("kubelet", "crio").
	Named(name string) ([]Process, error)
}

// Process is one running program.
type Process struct {
	PID   int
	Args  []string
	Env   []string
	Exe   string
	Cwd   string
	Start time.Time
	// CPU is the processor time that it has used so far, in user and kernel mode.
	CPU time.Duration
}
