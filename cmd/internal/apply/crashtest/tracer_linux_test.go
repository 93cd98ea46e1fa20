package crashtest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
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
	fd int
}

func (c call) String() string { return c.name }

// mutating maps the calls that change files to their names, and tells whether the first
// argument is the open file that they change.
func mutating() map[uint64]struct {
	name string
	onFD bool
} {
	type kind = struct {
		name string
		onFD bool
	}
	return map[uint64]kind{
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

// tracer runs one program and stops it at each call that changes a file below root.
type tracer struct {
	root string
	// enter is called before the call is made; true kills the program there.
	enter func(call) bool
	// leave is called after it was made and has succeeded.
	leave func(call)
	// log is where the program's stderr goes.
	log *os.File
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
		Env:   append(os.Environ(), "PLEGCTL_QUIET=true"),
		Files: []uintptr{0, t.log.Fd(), t.log.Fd()},
		Sys:   &syscall.SysProcAttr{Ptrace: true},
	})
	if err != nil {
		return -1, fmt.Errorf("%w: %w", errNoPtrace, err)
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, syscall.WALL, nil); err != nil || !status.Stopped() {
		return -1, fmt.Errorf("%w: %v", errNoPtrace, status)
	}
	if err := syscall.PtraceSetOptions(pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL); err != nil {
		return -1, fmt.Errorf("%w: %w", errNoPtrace, err)
	}
	entered := map[int]call{}
	for next, signal := pid, 0; ; {
		if err := syscall.PtraceSyscall(next, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return -1, err
		}
		tid, err := syscall.Wait4(-1, &status, syscall.WALL|unix.WNOTHREAD, nil)
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
		case status.StopSignal() == syscall.SIGTRAP|0x80:
			if t.stop(pid, tid, entered) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		case status.StopSignal() != syscall.SIGTRAP && status.StopSignal() != syscall.SIGSTOP:
			signal = int(status.StopSignal())
		}
	}
}

// stop looks at one stop at a system call; true asks to kill.
func (t *tracer) stop(pid, tid int, entered map[int]call) bool {
	var info [88]byte
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid), uintptr(len(info)), uintptr(unsafe.Pointer(&info[0])), 0, 0)
	if errno != 0 {
		return false
	}
	switch info[0] {
	case unix.PTRACE_SYSCALL_INFO_ENTRY:
		c, ok := t.wanted(pid, info[:])
		if !ok {
			return false
		}
		entered[tid] = c
		return t.enter != nil && t.enter(c)
	case unix.PTRACE_SYSCALL_INFO_EXIT:
		c, ok := entered[tid]
		delete(entered, tid)
		if failed := info[32] != 0; ok && !failed && t.leave != nil {
			if strings.HasPrefix(c.name, "openat") {
				c.fd = int(binary.NativeEndian.Uint64(info[24:]))
			}
			t.leave(c)
		}
	}
	return false
}

// wanted tells whether the call that is entered changes a file below the root.
func (t *tracer) wanted(pid int, info []byte) (call, bool) {
	kind, ok := mutating()[binary.NativeEndian.Uint64(info[24:])]
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
	switch kind.name {
	case "openat":
		const makes = unix.O_CREAT | unix.O_TRUNC | unix.O_TMPFILE&^unix.O_DIRECTORY
		return c, c.args[2]&makes != 0
	case "openat2":
		return c, false // used for looking only; what it opens is judged by its writes
	}
	return c, true
}

func (t *tracer) below(pid, fd int) bool {
	name, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd))
	return err == nil && strings.HasPrefix(name, t.root)
}
