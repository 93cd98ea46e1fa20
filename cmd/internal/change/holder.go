package change

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
)

// openPatiently opens the session for what nobody would try again: it waits for another
// plegctl, ends one that is stopped at once, and one that takes too long.
func openPatiently(ctx context.Context, env Env, configure func(*apply.Executor)) (*session, error) {
	for until := time.Now().Add(lifecycle.LockWait); ; {
		s, err := openForChange(ctx, env, configure)
		var locked *hostfs.LockedError
		if !errors.As(err, &locked) {
			return s, err
		}
		process := locked.Process
		if pid, err := strconv.Atoi(process); err == nil { // it has not come to say more
			process = processID(pid)
		}
		if stopped(process) || time.Now().After(until) {
			env.Progress.Info("%v; it does not move: ending it", locked)
			if err := end(process); err != nil {
				// Not the exit code of a lock that is held: the revert is to be tried again.
				return nil, fmt.Errorf("%v: %w", locked, err) //nolint:errorlint // see above
			}
			until = time.Now().Add(lifecycle.LockWait)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(lifecycle.Retry):
		}
	}
}

// stopped reports whether a process is stopped or traced (proc_pid_stat(5)), and so moves
// no more.
func stopped(process string) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", alive(process)))
	if err != nil {
		return false
	}
	_, rest, ok := bytes.Cut(data[bytes.LastIndexByte(data, ')')+1:], []byte(" "))
	return ok && len(rest) > 0 && (rest[0] == 'T' || rest[0] == 't')
}

// end kills the process that holds the lock. What the lock file holds may be left from an
// earlier holder, whose number another process has by now: so the process is held by a
// descriptor, and asked once more whether it is the one that was named.
func end(process string) error {
	if process == "" {
		return errors.New("it is not known which process that is")
	}
	pid := alive(process)
	switch pid {
	case 0:
		return nil
	case 1, os.Getpid():
		return fmt.Errorf("cannot end process %d", pid)
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open process %d: %w", pid, err)
	}
	defer unix.Close(fd)
	if alive(process) != pid {
		return nil
	}
	if err := unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("end process %d: %w", pid, err)
	}
	return nil
}
