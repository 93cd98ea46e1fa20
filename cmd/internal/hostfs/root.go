package hostfs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Root is a folder that is "/" to a node. It may be used by several goroutines.
type Root struct {
	dir     string
	fd      *os.File
	looking bool
	// named stands for a file system without O_TMPFILE, in tests.
	named bool
	// full tells that the disk is full, on a simulated node.
	full func() bool
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

// Dir is the root folder on this machine.
func (r *Root) Dir() string { return r.dir }

// WithDisk is the same root on a disk that is full whenever full says so: for a simulated
// node, whose real disk is not.
func (r *Root) WithDisk(full func() bool) *Root {
	view := *r
	view.full = full
	return &view
}

// noSpace is the error of a write to a disk that is full by [Root.WithDisk], else nil.
func (r *Root) noSpace(op, name string) error {
	if r.full == nil || !r.full() {
		return nil
	}
	return &WriteError{Op: op, Path: name, Why: ErrNoSpace, Err: unix.ENOSPC, Left: Intact}
}

// ReadOnly is the same root for a command that only looks: whatever would change a file
// fails with [ErrReadOnly].
func (r *Root) ReadOnly() *Root { return &Root{dir: r.dir, fd: r.fd, looking: true} }
