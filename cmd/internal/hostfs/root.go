package hostfs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Root is a directory that is "/" to a node. It may be used by several goroutines.
type Root struct {
	dir     string
	fd      *os.File
	looking bool
	// named stands for a file system without O_TMPFILE, in tests.
	named bool
}

// Open takes dir as the root of a node. Links in dir itself are this machine's.
func Open(dir string) (*Root, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open the root: %w", err)
	}
	fd, err := unix.Open(abs, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open the root", Path: abs, Err: err}
	}
	return &Root{dir: abs, fd: os.NewFile(uintptr(fd), abs)}, nil
}

// Close releases the root. A view made by [Root.ReadOnly] is closed with it.
func (r *Root) Close() error { return r.fd.Close() }

// Dir is the root directory on this machine.
func (r *Root) Dir() string { return r.dir }

// ReadOnly is the same root for a command that only looks: whatever would change a file
// fails with [ErrReadOnly].
func (r *Root) ReadOnly() *Root { return &Root{dir: r.dir, fd: r.fd, looking: true} }
