package node

import (
	"context"
	"net"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/logscan"
)

// Host is the edge: everything through which plegctl touches one node. The real machine
// and the simulated node each make one; nothing above this type knows which it has.
type Host struct {
	// Root holds the node's files. Names given to it are paths as the node sees them.
	Root *hostfs.Root
	// Offline reports whether only files are there (--root): no units, no processes, no
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
	// Programs is nil when Offline.
	Programs Programs
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

// Processes reads the process table, and answers who is behind a name and a connection.
type Processes interface {
	// Process is the process with that PID; an error that is fs.ErrNotExist where it is gone.
	Process(pid int) (procfs.Process, error)
	// Named lists the processes whose program has that base name ("kubelet", "crio"). Any
	// user can give a process any name.
	Named(name string) ([]procfs.Process, error)
	// InCgroup lists the processes in a unit's control group.
	InCgroup(group string) ([]procfs.Process, error)
	// Trusted is nil where only root can have started the program of that process.
	Trusted(procfs.Process) error
	// Program is the path of the file that the process runs, where only root can change it.
	Program(procfs.Process) (string, error)
	// Peer is the process at the other end of a connection to this node.
	Peer(conn net.Conn, likely ...int) (procfs.Process, error)
}

// Programs runs daemons' programs for a question such as --version.
type Programs interface {
	// Output is what the program writes; a program that anybody but root can change is not run.
	// Where it ends with a failure, the error is a *procfs.RefusedError.
	Output(ctx context.Context, program string, args ...string) ([]byte, error)
	// Staged is Output with copies of files in a private directory, whose path args gets.
	Staged(ctx context.Context, program string, files map[string][]byte, args func(dir string) []string) ([]byte, error)
}
