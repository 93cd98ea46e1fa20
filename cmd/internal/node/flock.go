package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/verify"
)

// LockHolder tells who holds the lock of plegctl's state directory, "" when nobody does. It
// asks the kernel's list of locks and never tries the lock itself: a look must not make a
// change that begins at that moment fail.
func LockHolder(h *Host, stateDir string) verify.Fact[string] {
	const from = "/proc/locks"
	dir := hostfs.LockDir
	if h.Offline {
		dir = stateDir
	}
	file := h.Root.Path(path.Join(dir, hostfs.LockName))
	var stat unix.Stat_t
	if err := unix.Stat(file, &stat); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return verify.Seen("", stateDir)
		}
		return verify.Unseen[string]("look at the lock: "+err.Error(), "run as root")
	}
	locks, err := os.ReadFile(from)
	if err != nil {
		return unseen[string](err)
	}
	pid, held := flockOf(string(locks), fmt.Sprintf("%02x:%02x:%d", unix.Major(stat.Dev), unix.Minor(stat.Dev), stat.Ino)) //nolint:unconvert // the type differs by architecture
	if !held {
		return verify.Seen("", from)
	}
	return verify.Seen("process "+pid, from)
}

// flockOf finds a lock by its inode in the format of proc_locks(5):
// "1: FLOCK  ADVISORY  WRITE 812 08:01:4711 0 EOF".
func flockOf(locks, inode string) (pid string, held bool) {
	for line := range strings.Lines(locks) {
		fields := strings.Fields(line)
		if len(fields) >= 6 && fields[1] == "FLOCK" && fields[5] == inode {
			return fields[4], true
		}
	}
	return "", false
}
