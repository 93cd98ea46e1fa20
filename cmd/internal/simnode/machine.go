package simnode

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/simnode/runtimesim"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// machine is the simulated node as its kernel tells of it; see [node.Machine].
type machine struct{ n *Node }

// Privileged reports true: the node is its user's own, whoever that is.
func (machine) Privileged() bool { return true }

// ClockSynced reports true.
func (machine) ClockSynced() (bool, error) { return true, nil }

// Output returns what the program on the node prints; its file holds the version line.
func (m machine) Output(_ context.Context, program string, args ...string) ([]byte, error) {
	version, err := os.ReadFile(filepath.Join(m.n.rootDir, program))
	switch {
	case err != nil:
		return nil, err
	case slices.Equal(args, []string{"--version"}):
		return version, nil
	}
	return m.config(m.n.rootDir, program, args)
}

// Staged returns what the program prints about a copy of its files.
func (m machine) Staged(_ context.Context, program string, files map[string][]byte, args func(string) []string) ([]byte, error) {
	dir, err := os.MkdirTemp(m.n.dir, "stage")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for name, data := range files {
		at := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, data, 0o600)); err != nil {
			return nil, err
		}
	}
	given := args(dir)
	for i := range given {
		given[i] = strings.TrimPrefix(given[i], dir)
	}
	return m.config(dir, program, given)
}

// config answers the runtime's question for its configuration.
func (m machine) config(root, program string, args []string) ([]byte, error) {
	opts := m.n.runtimeOptions()
	opts.Root = root
	for len(args) > 1 && strings.HasPrefix(args[0], "--") {
		switch args[0] {
		case "--config":
			opts.Config = args[1]
		case "--config-dir":
			opts.ConfigDir = args[1]
		}
		args = args[2:]
	}
	asked := path.Base(program) + " " + strings.Join(args, " ")
	if asked != "crio config" && asked != "containerd config dump" {
		return nil, fmt.Errorf("run %s %v: the node cannot do that", program, args)
	}
	dump, err := runtimesim.ConfigDump(opts)
	if err != nil {
		return nil, &procfs.RefusedError{Program: program, Err: errors.New("exit status 1"), Words: err.Error()}
	}
	return []byte(dump), nil
}

// processes is the node's process table: the programs of its units.
type processes struct{ n *Node }

// Process is the process with that PID.
func (p processes) Process(pid int) (procfs.Process, error) {
	return p.one(fmt.Sprint("process ", pid), func(one procfs.Process, _ systemd.Unit) bool { return one.PID == pid })
}

// Named lists the processes whose program has that base name.
func (p processes) Named(name string) ([]procfs.Process, error) {
	return p.find(func(one procfs.Process, _ systemd.Unit) bool { return path.Base(one.Exe) == name }), nil
}

// InCgroup lists the processes of a unit.
func (p processes) InCgroup(group string) ([]procfs.Process, error) {
	return p.find(func(_ procfs.Process, u systemd.Unit) bool { return u.ControlGroup == group }), nil
}

func (p processes) find(wanted func(procfs.Process, systemd.Unit) bool) (found []procfs.Process) {
	t := p.n.units
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, u := range t.units {
		one := procfs.Process{PID: u.now.MainPID, Args: u.run.argv, Env: u.run.env, Cwd: "/", Start: u.now.ExecMainStart, CPU: p.work()}
		if one.PID == 0 {
			continue
		}
		if one.Exe = u.run.argv[0]; wanted(one, u.now) {
			found = append(found, one)
		}
	}
	return found
}

func (p processes) one(what string, wanted func(procfs.Process, systemd.Unit) bool) (procfs.Process, error) {
	found := p.find(wanted)
	if len(found) == 0 {
		return procfs.Process{}, fmt.Errorf("%s: %w", what, fs.ErrNotExist)
	}
	return found[0], nil
}

// work makes up what a program has cost so far: a share for its start and one for each
// relist, which asks the runtime too.
func (p processes) work() time.Duration {
	work := 100 * time.Millisecond
	if k := p.n.kubelet.Load(); k != nil {
		_, relists := k.Counts()
		work += time.Duration(relists) * 2 * time.Millisecond
	}
	return work
}

// Trusted is nil: all processes are root's.
func (processes) Trusted(procfs.Process) error { return nil }

// Program is the program's path on the node.
func (processes) Program(one procfs.Process) (string, error) { return one.Exe, nil }

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
	return p.one(conn.RemoteAddr().String(), func(_ procfs.Process, u systemd.Unit) bool { return u.Name == unit })
}
