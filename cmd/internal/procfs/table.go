package procfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
)

// Table is the process table of one machine.
type Table struct {
	dir  string
	root *hostfs.Root
}

// New reads the proc file system that is mounted at dir ("/proc"). Programs are looked for
// below root.
func New(dir string, root *hostfs.Root) Table { return Table{dir, root} }

// Process reads one process; the error is fs.ErrNotExist where it is gone. Everything is read
// through one open directory, which shows nothing of a process that gets the same number.
func (t Table) Process(pid int) (Process, error) {
	dir, err := os.OpenRoot(t.file(pid, ""))
	if err != nil {
		return Process{}, gone(pid, err)
	}
	// It was only read from.
	defer func() { _ = dir.Close() }()
	text, err := dir.ReadFile("stat")
	if err != nil {
		return Process{}, gone(pid, err)
	}
	boot, err := t.boot()
	if err != nil {
		return Process{}, err
	}
	stat, err := parseStat(text)
	if err != nil {
		return Process{}, fmt.Errorf("read process %d: %w", pid, err)
	}
	p := Process{PID: pid, UID: -1, Start: boot.Add(stat.start), CPU: stat.cpu, Stopped: stat.stopped}
	if status, err := dir.ReadFile("status"); err == nil {
		p.UID = onlyUser(string(status))
	}
	if args, err := dir.ReadFile("cmdline"); err == nil {
		p.Args = fields(args)
	}
	// The rest belongs to the process's user; without rights it stays empty.
	if env, err := dir.ReadFile("environ"); err == nil {
		p.Env = fields(env)
	}
	p.Exe, _ = dir.Readlink("exe")
	p.Cwd, _ = dir.Readlink("cwd")
	return p, nil
}

func (t Table) file(pid int, name string) string {
	return filepath.Join(t.dir, strconv.Itoa(pid), name)
}

func gone(pid int, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("process %d: %w", pid, fs.ErrNotExist)
	}
	return fmt.Errorf("read process %d: %w", pid, err)
}

// Named lists the processes whose first argument has that base name. Any user can give a
// process any name: believe one only after [Table.Trusted].
func (t Table) Named(name string) ([]Process, error) {
	return t.find(func(pid int) bool {
		args, err := os.ReadFile(t.file(pid, "cmdline"))
		first, _, _ := strings.Cut(string(args), "\x00")
		return err == nil && path.Base(first) == name
	})
}

// InCgroup lists the processes in the control group of that path and below it, as systemd
// names it in ControlGroup ("/system.slice/kubelet.service"). Only root can move a process
// into the group of a system unit. Processes of another PID namespace are left out: a
// container's groups may lie below those of the unit that started it.
func (t Table) InCgroup(group string) ([]Process, error) {
	if group == "" || group == "/" {
		return nil, nil
	}
	return t.find(func(pid int) bool {
		text, err := os.ReadFile(t.file(pid, "cgroup"))
		return err == nil && isInCgroup(string(text), group) && !t.contained(pid)
	})
}

// contained reports whether the process is known to live in another PID namespace than ours.
func (t Table) contained(pid int) bool {
	ours, err := os.Readlink(t.file(os.Getpid(), "ns/pid"))
	if err != nil {
		return false
	}
	theirs, err := os.Readlink(t.file(pid, "ns/pid"))
	return err == nil && theirs != ours
}

func (t Table) find(wanted func(pid int) bool) ([]Process, error) {
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var found []Process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || !wanted(pid) {
			continue
		}
		// It may end while we look.
		if p, err := t.Process(pid); err == nil {
			found = append(found, p)
		}
	}
	return found, nil
}

// boot is btime of /proc/stat, exact to a second.
func (t Table) boot() (time.Time, error) {
	data, err := os.ReadFile(filepath.Join(t.dir, "stat"))
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
