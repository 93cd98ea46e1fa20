package crashtest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// call is one system call that changes files below the traced root.
type call struct {
	name string
	pid  int
	args [6]uint64
	// fd is the file that it works on, -1 for calls that take names.
	fd   int
	fate fate
}

func (c call) String() string { return c.name }

// fate is what becomes of a program at a call: a signal reaches it, or the call fails
// without having been made. The zero fate lets it go on.
type fate struct {
	signal syscall.Signal
	errno  syscall.Errno
}

// kindOfCall is the name of a call, and whether its first argument is the open file that it
// is about.
type kindOfCall struct {
	name string
	onFD bool
}

// mutating maps the numbers of the calls that change files.
func mutating() map[uint64]kindOfCall {
	return map[uint64]kindOfCall{
		unix.SYS_OPENAT: {"openat", false}, unix.SYS_OPENAT2: {"openat2", false},
		unix.SYS_WRITE: {"write", true}, unix.SYS_PWRITE64: {"pwrite64", true}, unix.SYS_WRITEV: {"writev", true},
		unix.SYS_FSYNC: {"fsync", true}, unix.SYS_FDATASYNC: {"fdatasync", true}, unix.SYS_FTRUNCATE: {"ftruncate", true},
		unix.SYS_FCHMOD: {"fchmod", true}, unix.SYS_FCHOWN: {"fchown", true}, unix.SYS_FSETXATTR: {"fsetxattr", true},
		unix.SYS_FREMOVEXATTR: {"fremovexattr", true}, unix.SYS_FCHMODAT: {"fchmodat", false}, unix.SYS_FCHOWNAT: {"fchownat", false},
		unix.SYS_RENAMEAT: {"renameat", false}, unix.SYS_RENAMEAT2: {"renameat2", false}, unix.SYS_LINKAT: {"linkat", false},
		unix.SYS_UNLINKAT: {"unlinkat", false}, unix.SYS_MKDIRAT: {"mkdirat", false}, unix.SYS_SYMLINKAT: {"symlinkat", false},
		unix.SYS_COPY_FILE_RANGE: {"copy_file_range", false}, unix.SYS_UTIMENSAT: {"utimensat", false},
		unix.SYS_FLOCK: {"flock", true}, unix.SYS_FALLOCATE: {"fallocate", true},
	}
}

// reading is the same for the calls that look at files.
func reading() map[uint64]kindOfCall {
	return map[uint64]kindOfCall{
		unix.SYS_OPENAT: {"openat", false}, unix.SYS_OPENAT2: {"openat2", false}, unix.SYS_READ: {"read", true},
		unix.SYS_PREAD64: {"pread64", true}, unix.SYS_GETDENTS64: {"getdents64", true}, unix.SYS_FSTAT: {"fstat", true},
		unix.SYS_NEWFSTATAT: {"newfstatat", false}, unix.SYS_STATX: {"statx", false}, unix.SYS_READLINKAT: {"readlinkat", false},
		unix.SYS_FACCESSAT: {"faccessat", false}, unix.SYS_FSTATFS: {"fstatfs", true}, unix.SYS_FGETXATTR: {"fgetxattr", true},
	}
}

// tracer runs one program and stops it at each call that changes a file below root.
type tracer struct {
	root string
	// reads stops it at the calls that read one instead.
	reads bool
	// filtered programs have a filter of their own (see stopAt) and are stopped by nothing else.
	filtered bool
	// enter is called before the call is made.
	enter func(call) fate
	// leave is called after it was made and has succeeded.
	leave func(call)
	// log is where the program's stdout and stderr go; env is added to its environment.
	log *os.File
	env []string
	dir string
	// started is told the number of the process.
	started func(pid int)
	frozen  atomic.Bool
}

// errNoPtrace: this machine does not let us trace our own child.
var errNoPtrace = errors.New("ptrace is not allowed here")

// run returns the exit code, or -1 for a program that was killed.
func (t *tracer) run(argv []string) (int, error) {
	type ended struct {
		code int
		err  error
	}
	done := make(chan ended)
	go func() {
		// The kernel knows the tracer by its thread. The thread is thrown away at the end.
		runtime.LockOSThread()
		code, err := t.follow(argv)
		done <- ended{code, err}
	}()
	e := <-done
	return e.code, e.err
}

func (t *tracer) follow(argv []string) (int, error) {
	pid, err := syscall.ForkExec(argv[0], argv, &syscall.ProcAttr{
		Env:   append(environ(), t.env...),
		Dir:   t.dir,
		Files: []uintptr{0, t.log.Fd(), t.log.Fd()},
		Sys:   &syscall.SysProcAttr{Ptrace: true, Setpgid: true},
	})
	if err != nil {
		return -1, fmt.Errorf("%w: %w", errNoPtrace, err)
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, syscall.WALL, nil); err != nil || !status.Stopped() {
		return -1, fmt.Errorf("%w: %v", errNoPtrace, status)
	}
	if err := syscall.PtraceSetOptions(pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_TRACESECCOMP|unix.PTRACE_O_EXITKILL); err != nil {
		return -1, fmt.Errorf("%w: %w", errNoPtrace, err)
	}
	if t.started != nil {
		t.started(pid)
	}
	entered := map[int]call{}
	resume := syscall.PtraceSyscall
	if t.filtered {
		resume = syscall.PtraceCont
	}
	for next, signal := pid, 0; ; {
		if err := resume(next, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return -1, err
		}
		// This thread may have other children, for which somebody else waits.
		tid, err := syscall.Wait4(-pid, &status, syscall.WALL|unix.WNOTHREAD, nil)
		if err != nil {
			return -1, err
		}
		next, signal = tid, 0
		switch {
		case status.Exited() && tid == pid:
			return status.ExitStatus(), nil
		case status.Signaled() && tid == pid:
			return -1, nil
		case !status.Stopped():
			// A thread ended. Whoever is stopped was let go before, so just wait on.
			next = 0
		case t.frozen.Load():
			next = 0
		case status.StopSignal() == syscall.SIGTRAP|0x80, status.TrapCause() == unix.PTRACE_EVENT_SECCOMP:
			if err := t.stop(pid, tid, entered); err != nil {
				return -1, err
			}
			if t.frozen.Load() {
				next = 0
			}
		case status.StopSignal() != syscall.SIGTRAP && status.StopSignal() != syscall.SIGSTOP:
			signal = int(status.StopSignal())
		}
	}
}

// stopAt installs a filter by which this process stops at those calls if it is traced: to
// stop at every call, as ptrace does by itself, takes seconds on a machine that is busy.
func stopAt(calls map[uint64]kindOfCall) error {
	filter := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}} // the number of the call
	for number := range calls {
		filter = append(filter,
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: uint32(number), Jf: 1},
			unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_TRACE})
	}
	filter = append(filter, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW})
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return fmt.Errorf("install a filter: %w", errno)
	}
	return nil
}

// freeze stops all threads of the program, as SIGSTOP does: its state is then "t".
func (t *tracer) freeze(pid int) {
	t.frozen.Store(true)
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, task := range tasks {
		tid, _ := strconv.Atoi(task.Name())
		_ = unix.Tgkill(pid, tid, unix.SIGSTOP)
	}
}

// strike lets a signal reach the program.
func (t *tracer) strike(pid int, signal syscall.Signal) {
	if signal == syscall.SIGSTOP {
		t.freeze(pid)
	} else if signal != 0 {
		_ = syscall.Kill(pid, signal)
	}
}

// stop looks at one stop at a system call.
func (t *tracer) stop(pid, tid int, entered map[int]call) error {
	var info [88]byte
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid), uintptr(len(info)), uintptr(unsafe.Pointer(&info[0])), 0, 0)
	if errno != 0 {
		return nil
	}
	switch info[0] {
	case unix.PTRACE_SYSCALL_INFO_ENTRY, unix.PTRACE_SYSCALL_INFO_SECCOMP:
		c, ok := t.wanted(pid, info[:])
		if !ok {
			return nil
		}
		if t.enter != nil {
			c.fate = t.enter(c)
		}
		entered[tid] = c
		t.strike(pid, c.fate.signal)
		if c.fate.errno != 0 {
			return inject(tid, c.fate.errno, true)
		}
	case unix.PTRACE_SYSCALL_INFO_EXIT:
		c, ok := entered[tid]
		delete(entered, tid)
		if ok && c.fate.errno != 0 {
			return inject(tid, c.fate.errno, false)
		}
		if failed := info[32] != 0; ok && !failed && t.leave != nil {
			if strings.HasPrefix(c.name, "openat") {
				c.fd = int(binary.NativeEndian.Uint64(info[24:]))
			}
			t.leave(c)
		}
	}
	return nil
}

// wanted tells whether the call that is entered changes a file below the root.
func (t *tracer) wanted(pid int, info []byte) (call, bool) {
	calls := mutating
	if t.reads {
		calls = reading
	}
	kind, ok := calls()[binary.NativeEndian.Uint64(info[24:])]
	if !ok {
		return call{}, false
	}
	c := call{name: kind.name, pid: pid, fd: -1}
	for i := range c.args {
		c.args[i] = binary.NativeEndian.Uint64(info[32+8*i:])
	}
	if kind.onFD {
		c.fd = int(int32(c.args[0]))
		return c, t.below(pid, c.fd)
	}
	switch {
	case t.reads:
		return c, t.names(pid, c)
	case kind.name == "openat":
		const makes = unix.O_CREAT | unix.O_TRUNC | unix.O_TMPFILE&^unix.O_DIRECTORY
		return c, c.args[2]&makes != 0
	case kind.name == "openat2":
		return c, false // used for looking only; what it opens is judged by its writes
	}
	return c, true
}

// names reports whether a call that takes a directory and a name leads below the root.
func (t *tracer) names(pid int, c call) bool {
	if fd := int(int32(c.args[0])); fd != unix.AT_FDCWD {
		return t.below(pid, fd)
	}
	path := make([]byte, len(t.root))
	there := []unix.RemoteIovec{{Base: uintptr(c.args[1]), Len: len(path)}}
	here := []unix.Iovec{{Base: &path[0], Len: uint64(len(path))}}
	n, err := unix.ProcessVMReadv(pid, here, there, 0)
	return err == nil && n == len(path) && string(path) == t.root
}

func (t *tracer) below(pid, fd int) bool {
	name, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd))
	return err == nil && strings.HasPrefix(name, t.root)
}
