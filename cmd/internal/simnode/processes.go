package simnode

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path"
	"sync"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/procfs"
)

// processTable is the node's process table.
type processTable struct {
	mu   sync.Mutex
	list map[int]procfs.Process
	// groups are the control groups of the processes.
	groups map[int]string
	// work is what the program of that base name has done so far, as processor time.
	work func(program string) time.Duration
}

func newProcessTable(work func(string) time.Duration) *processTable {
	return &processTable{list: map[int]procfs.Process{}, groups: map[int]string{}, work: work}
}

func (p *processTable) add(pid int, group string, argv, env []string, start time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	exe := ""
	if len(argv) > 0 {
		exe = argv[0]
	}
	p.groups[pid] = group
	p.list[pid] = procfs.Process{PID: pid, Args: argv, Env: env, Exe: exe, Cwd: "/", Start: start}
}

func (p *processTable) remove(pid int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.list, pid)
	delete(p.groups, pid)
}

// Process is the process with that PID.
func (p *processTable) Process(pid int) (procfs.Process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one, ok := p.list[pid]
	if !ok {
		return procfs.Process{}, fmt.Errorf("process %d: %w", pid, fs.ErrNotExist)
	}
	one.CPU = p.work(path.Base(one.Exe))
	return one, nil
}

// Named lists the processes whose executable has that base name.
func (p *processTable) Named(name string) ([]procfs.Process, error) {
	return p.find(func(one procfs.Process) bool { return path.Base(one.Exe) == name })
}

// InCgroup lists the processes of a unit.
func (p *processTable) InCgroup(group string) ([]procfs.Process, error) {
	return p.find(func(one procfs.Process) bool { return p.groups[one.PID] == group })
}

func (p *processTable) find(wanted func(procfs.Process) bool) ([]procfs.Process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []procfs.Process
	for _, one := range p.list {
		if wanted(one) {
			one.CPU = p.work(path.Base(one.Exe))
			found = append(found, one)
		}
	}
	return found, nil
}

// Trusted is nil for a process of root's.
func (p *processTable) Trusted(one procfs.Process) error {
	if one.UID != 0 {
		return fmt.Errorf("process %d belongs to user %d, not to root", one.PID, one.UID)
	}
	return nil
}

// Peer is the simulated daemon at the other end. All of them live in this process, which the
// kernel must name as the peer; the kind of socket then tells which daemon it is.
func (p *processTable) Peer(conn net.Conn, _ ...int) (procfs.Process, error) {
	real, err := procfs.New("/proc", nil).Peer(conn, os.Getpid())
	if err != nil || real.PID != os.Getpid() {
		return procfs.Process{}, fmt.Errorf("%s is served by process %d of the real machine: %w", conn.RemoteAddr(), real.PID, errors.Join(err, fs.ErrNotExist))
	}
	daemons, err := p.find(func(one procfs.Process) bool {
		_, runtime := conn.(*net.UnixConn)
		return runtime != (path.Base(one.Exe) == "kubelet")
	})
	if err != nil || len(daemons) == 0 {
		return procfs.Process{}, fmt.Errorf("%s: %w", conn.RemoteAddr(), errors.Join(err, fs.ErrNotExist))
	}
	return daemons[0], nil
}
