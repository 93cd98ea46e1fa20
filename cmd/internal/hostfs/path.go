package hostfs

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// maxSocketPath is what fits into a sockaddr_un with its final zero byte.
const maxSocketPath = 107

// Path is where name lies on this machine, for messages and for programs that need a path:
// links are resolved inside the root as far as the path exists. Whoever opens that path
// later resolves it anew, and on their own account.
func (r *Root) Path(name string) string {
	name = path.Join("/", name)
	p, err := r.resolve("look for", name, true)
	if err == nil {
		defer p.close()
		return filepath.Join(r.dir, p.real())
	}
	if name == "/" {
		return r.dir
	}
	if errors.Is(err, unix.ELOOP) {
		return filepath.Join(r.dir, name)
	}
	return filepath.Join(r.Path(path.Dir(name)), path.Base(name))
}

// Socket is a path under which the unix socket name can be dialled or listened on: its own
// path, or a short one where that does not fit into a socket address (107 bytes). The path
// holds until close is called.
func (r *Root) Socket(name string) (short string, closer func() error, err error) {
	p, err := r.resolve("look for", name, true)
	if err != nil {
		return "", nil, err
	}
	defer p.close()
	if p.base == "." {
		return "", nil, &fs.PathError{Op: "look for", Path: name, Err: errors.New("not a socket")}
	}
	if full := filepath.Join(r.dir, p.real()); len(full) <= maxSocketPath {
		return full, func() error { return nil }, nil
	}
	fd, err := unix.FcntlInt(uintptr(p.dir()), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return "", nil, os.NewSyscallError("fcntl", err)
	}
	dir := os.NewFile(uintptr(fd), p.dirPath())
	return "/proc/self/fd/" + strconv.Itoa(fd) + "/" + p.base, dir.Close, nil
}
