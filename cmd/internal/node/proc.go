package node

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Proc reads the process table of the kernel's proc file system.
type Proc struct{ dir string }

// NewProc reads the proc file system that is mounted at dir ("/proc").
func NewProc(dir string) Proc { return Proc{dir} }

// ticks is USER_HZ, in which /proc/PID/stat counts: 100 on every Linux architecture that
// Go and the kubelet support (include/uapi/asm-generic/param.h).
const ticks = 100

// Process reads one process.
func (p Proc) Process(pid int) (Process, error) {
	dir := filepath.Join(p.dir, strconv.Itoa(pid))
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return Process{}, gone(pid, err)
	}
	boot, err := p.boot()
	if err != nil {
		return Process{}, err
	}
	since, err := startTicks(stat)
	if err != nil {
		return Process{}, fmt.Errorf("read process %d: %w", pid, err)
	}
	out := Process{PID: pid, Start: boot.Add(time.Duration(since) * time.Second / ticks), CPU: cpuTime(stat)}
	if args, err := os.ReadFile(filepath.Join(dir, "cmdline")); err == nil {
		out.Args = fields(args)
	}
	// The rest of the process belongs to its user; without rights it stays empty.
	if env, err := os.ReadFile(filepath.Join(dir, "environ")); err == nil {
		out.Env = fields(env)
	}
	out.Exe, _ = os.Readlink(filepath.Join(dir, "exe"))
	out.Cwd, _ = os.Readlink(filepath.Join(dir, "cwd"))
	return out, nil
}

func gone(pid int, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("process %d: %w", pid, fs.ErrNotExist)
	}
	return fmt.Errorf("read process %d: %w", pid, err)
}

// Named lists the processes with that program name.
func (p Proc) Named(name string) ([]Process, error) {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var found []Process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		args, err := os.ReadFile(filepath.Join(p.dir, entry.Name(), "cmdline"))
		if err != nil || path.Base(firstField(args)) != name {
			continue
		}
		// It may end while we look.
		if process, err := p.Process(pid); err == nil {
			found = append(found, process)
		}
	}
	return found, nil
}

func firstField(args []byte) string {
	first, _, _ := bytes.Cut(args, []byte{0})
	return string(first)
}

func fields(b []byte) []string {
	text := strings.TrimSuffix(string(b), "\x00")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\x00")
}

// startTicks is field 22 of /proc/PID/stat (proc_pid_stat(5)). The name before it may hold
// anything, so fields are counted from the last ")".
func startTicks(stat []byte) (int64, error) {
	i := bytes.LastIndexByte(stat, ')')
	if i < 0 {
		return 0, errors.New("no process name in stat")
	}
	rest := strings.Fields(string(stat[i+1:]))
	const start = 22 - 3 // field 3 is the first after the name
	if len(rest) <= start {
		return 0, errors.New("stat is cut short")
	}
	return strconv.ParseInt(rest[start], 10, 64)
}

// cpuTime is fields 14 and 15 of /proc/PID/stat, user and kernel time; 0 where they cannot
// be read.
func cpuTime(stat []byte) time.Duration {
	rest := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const user, kernel = 14 - 3, 15 - 3
	if len(rest) <= kernel {
		return 0
	}
	u, _ := strconv.ParseInt(rest[user], 10, 64)
	k, _ := strconv.ParseInt(rest[kernel], 10, 64)
	return time.Duration(u+k) * time.Second / ticks
}

// boot is btime of /proc/stat, exact to a second.
func (p Proc) boot() (time.Time, error) {
	data, err := os.ReadFile(filepath.Join(p.dir, "stat"))
	if err != nil {
		return time.Time{}, fmt.Errorf("read the boot time: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		if text, ok := strings.CutPrefix(line, "btime "); ok {
			seconds, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
			if err != nil {
				return time.Time{}, fmt.Errorf("read the boot time: %w", err)
			}
			return time.Unix(seconds, 0), nil
		}
	}
	return time.Time{}, errors.New("read the boot time: no btime in /proc/stat")
}
