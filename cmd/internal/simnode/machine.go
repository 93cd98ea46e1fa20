package simnode

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// machine is the simulated node as its kernel tells of it; see [node.Machine].
type machine struct{ n *Node }

// Privileged reports true: the node is its user's own, whoever that is.
func (machine) Privileged() bool { return true }

// ClockSynced reports true.
func (machine) ClockSynced() (bool, error) { return true, nil }

// Output returns what the program on the node prints.
func (m machine) Output(_ context.Context, program string, args ...string) ([]byte, error) {
	said, err := m.n.answer(program, args...)
	return []byte(said), err
}

// processes is the node's process table: the programs of its units.
type processes struct{ n *Node }

// Process is the process with that PID.
func (p processes) Process(pid int) (procfs.Process, error) {
	found, _ := p.find(func(one procfs.Process, _ systemd.Unit) bool { return one.PID == pid })
	if len(found) == 0 {
		return procfs.Process{}, fmt.Errorf("process %d: %w", pid, fs.ErrNotExist)
	}
	return found[0], nil
}

// Named lists the processes whose program has that base name.
func (p processes) Named(name string) ([]procfs.Process, error) {
	return p.find(func(one procfs.Process, _ systemd.Unit) bool { return path.Base(one.Exe) == name })
}

// InCgroup lists the processes of a unit.
func (p processes) InCgroup(group string) ([]procfs.Process, error) {
	return p.find(func(_ procfs.Process, u systemd.Unit) bool { return u.ControlGroup == group })
}

func (p processes) find(wanted func(procfs.Process, systemd.Unit) bool) (found []procfs.Process, err error) {
	t := p.n.units
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, u := range t.units {
		if u.now.MainPID == 0 {
			continue
		}
		one := procfs.Process{PID: u.now.MainPID, Args: u.run.argv, Env: u.run.env, Exe: u.run.argv[0], Cwd: "/", Start: u.now.ExecMainStart, CPU: p.work(u.name)}
		if wanted(one, u.now) {
			found = append(found, one)
		}
	}
	return found, nil
}

// work makes up what a program has cost so far: a share for its start and one for each
// relist, which asks the runtime too.
func (p processes) work(unit string) time.Duration {
	relists := 0
	if k, _ := p.n.programs(); k != nil {
		relists = k.Relists()
	}
	if unit == KubeletUnit {
		return 180*time.Millisecond + time.Duration(relists)*3*time.Millisecond
	}
	return 90*time.Millisecond + time.Duration(relists)*2*time.Millisecond
}

// Trusted is nil for a process of root's.
func (processes) Trusted(one procfs.Process) error {
	if one.UID != 0 {
		return fmt.Errorf("process %d belongs to user %d, not to root", one.PID, one.UID)
	}
	return nil
}

// Peer is the simulated daemon at the other end. All of them live in this process, which
// the kernel must name as the peer; the kind of socket then tells which daemon it is.
func (p processes) Peer(conn net.Conn, _ ...int) (procfs.Process, error) {
	real, err := procfs.New("/proc", nil).Peer(conn, os.Getpid())
	if err != nil || real.PID != os.Getpid() {
		return procfs.Process{}, fmt.Errorf("%s is served by process %d of the real machine: %w", conn.RemoteAddr(), real.PID, errors.Join(err, fs.ErrNotExist))
	}
	unit := KubeletUnit
	if _, ok := conn.(*net.UnixConn); ok {
		unit = p.n.RuntimeUnit()
	}
	found, _ := p.find(func(_ procfs.Process, u systemd.Unit) bool { return u.Name == unit })
	if len(found) == 0 {
		return procfs.Process{}, fmt.Errorf("%s: %w", conn.RemoteAddr(), fs.ErrNotExist)
	}
	return found[0], nil
}
