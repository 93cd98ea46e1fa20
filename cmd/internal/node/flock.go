package node

import (
	"errors"
	"io/fs"
	"path"

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
	pid, err := hostfs.FlockHolder(stat)
	if err != nil {
		return unseen[string](err)
	}
	if pid == "" {
		return verify.Seen("", from)
	}
	return verify.Seen("process "+pid, from)
}
