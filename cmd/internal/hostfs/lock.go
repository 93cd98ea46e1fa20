package hostfs

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode"

	"golang.org/x/sys/unix"
)

// LockDir holds the lock of a running node: two state directories must not let two change
// it at once. An image has its lock in its state directory.
const LockDir = "/run/plegctl"

// LockName is the file that is locked, in its directory. It stays there: a lock file that is
// removed can be locked by two.
const LockName = "lock"

// ErrLockGone reports that the lock file was removed or replaced under its holder.
var ErrLockGone = errors.New("the lock file was removed, so another plegctl may change this node too")

// Lock is the right to change the node. It ends with the process, however that ends.
type Lock struct {
	dir  *os.Root
	file *os.File
}

// Check is nil while the lock that is held is the one that others would find.
func (l *Lock) Check() error {
	if l == nil {
		return nil
	}
	mine, err := l.file.Stat()
	if err != nil {
		return fmt.Errorf("look at the lock: %w", err)
	}
	if now, err := l.dir.Stat(LockName); err != nil || !os.SameFile(mine, now) {
		return ErrLockGone
	}
	return nil
}

// LockedError tells who holds the lock.
type LockedError struct {
	// Process names the holder, its number first and whatever else its caller adds after a
	// slash; "" where it has not written that yet.
	Process string
	Command string
	// Since is when it took the lock.
	Since time.Time
}

func (e *LockedError) Error() string {
	if e.Process == "" {
		return "another plegctl is changing this node"
	}
	pid, _, _ := strings.Cut(e.Process, "/")
	text := "another plegctl is changing this node: process " + pid
	if e.Command != "" {
		text += " (" + e.Command + ")"
	}
	if !e.Since.IsZero() {
		text += " since " + e.Since.Format(time.RFC3339)
	}
	return text
}

// ExitCode is that of a refusal.
func (e *LockedError) ExitCode() int { return 7 }

// TakeLock takes the lock of a directory, or fails at once with a *[LockedError]. process and
// command are what others read.
func TakeLock(dir *os.Root, process, command string, now time.Time) (*Lock, error) {
	f, err := dir.OpenFile(LockName, os.O_RDWR|os.O_CREATE, 0o600) // Go opens with O_CLOEXEC
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		defer f.Close()
		return nil, holder(f)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("take the lock: %w", err), f.Close())
	}
	// Who holds it is a courtesy: a full disk must not keep a crash from being recovered.
	text := fmt.Sprintf("%s\n%s\n%s\n", process, now.UTC().Format(time.RFC3339), oneLine(command))
	if _, err := f.WriteAt([]byte(text), 0); err == nil {
		_ = f.Truncate(int64(len(text)))
	}
	l := &Lock{dir, f}
	if err := l.Check(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// Release gives the lock back.
func (l *Lock) Release() error {
	_ = l.file.Truncate(0)
	return l.file.Close()
}

// holder reads who has it, and gives a holder that has just begun a moment to say so: what
// is written there may be left from an earlier one. Of a holder that does not come to say it,
// because it is frozen, the kernel knows the number.
func holder(f *os.File) error {
	pid := ""
	for range 5 {
		var stat unix.Stat_t
		if err := unix.Fstat(int(f.Fd()), &stat); err == nil {
			pid, _ = FlockHolder(stat)
		}
		text := make([]byte, 4096)
		n, _ := f.ReadAt(text, 0)
		lines := strings.Split(string(text[:n]), "\n")
		if who, _, _ := strings.Cut(lines[0], "/"); len(lines) == 4 && (pid == "" || pid == who) {
			since, _ := time.Parse(time.RFC3339, lines[1])
			return &LockedError{Process: oneLine(lines[0]), Since: since, Command: oneLine(lines[2])}
		}
		time.Sleep(10 * time.Millisecond)
	}
	return &LockedError{Process: pid}
}

// FlockHolder is the number of the process that holds the lock of a file by the kernel's list,
// "" where none of our PID namespace does.
func FlockHolder(file unix.Stat_t) (pid string, err error) {
	locks, err := os.ReadFile("/proc/locks")
	return flockOf(string(locks), fmt.Sprintf("%02x:%02x:%d", unix.Major(file.Dev), unix.Minor(file.Dev), file.Ino)), err
}

// flockOf finds a lock by its inode in the format of proc_locks(5):
// "1: FLOCK  ADVISORY  WRITE 812 08:01:4711 0 EOF".
func flockOf(locks, inode string) (pid string) {
	for line := range strings.Lines(locks) {
		fields := strings.Fields(line)
		if len(fields) >= 6 && fields[1] == "FLOCK" && fields[5] == inode {
			return fields[4]
		}
	}
	return ""
}

// oneLine keeps a command readable and harmless on a terminal.
func oneLine(s string) string {
	const most = 200
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return s
}
