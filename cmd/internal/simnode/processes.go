package simnode

import (
	"fmt"
	"io/fs"
	"path"
	"sync"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/node"
)

// processTable is the node's process table.
type processTable struct {
	mu   sync.Mutex
	list map[int]node.Process
	// work is what the program of that base name has done so far, as processor time.
	work func(program string) time.Duration
}

func newProcessTable(work func(string) time.Duration) *processTable {
	return &processTable{list: map[int]node.Process{}, work: work}
}

func (p *processTable) add(pid int, argv, env []string, start time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	exe := ""
	if len(argv) > 0 {
		exe = argv[0]
	}
	p.list[pid] = node.Process{PID: pid, Args: argv, Env: env, Exe: exe, Cwd: "/", Start: start}
}

func (p *processTable) remove(pid int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.list, pid)
}

// Process is the process with that PID.
func (p *processTable) Process(pid int) (node.Process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one, ok := p.list[pid]
	if !ok {
		return node.Process{}, fmt.Errorf("process %d: %w", pid, fs.ErrNotExist)
	}
	one.CPU = p.work(path.Base(one.Exe))
	return one, nil
}

// Named lists the processes whose executable has that base name.
func (p *processTable) Named(name string) ([]node.Process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []node.Process
	for _, one := range p.list {
		if path.Base(one.Exe) == name {
			one.CPU = p.work(name)
			found = append(found, one)
		}
	}
	return found, nil
}
