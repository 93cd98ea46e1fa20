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
	// Machine is what the kernel under the node tells.
	Machine Machine
}

// Machine is the machine under a node. Whatever plegctl asks the kernel, and not a program
// or a file of the node, it asks here: also who is at the other end of a socket.
type Machine interface {
	// Privileged reports whether this process may change the node.
	Privileged() bool
	// ClockSynced reports whether the node's clock is disciplined.
	ClockSynced() (bool, error)
	// ProgramVersion runs the program of a running process with --version and returns
	// what it prints.
	ProgramVersion(context.Context, Process) (string, error)
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
