package hostfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Entry is one name in a directory. It describes the name itself, not what a link leads to,
// and was made at the time of listing: Info touches nothing.
type Entry struct {
	name string
	stat unix.Stat_t
}

var _ fs.DirEntry = Entry{}

// Name is the last component of the path.
func (e Entry) Name() string { return e.name }

// IsDir reports whether it is a directory itself.
func (e Entry) IsDir() bool { return e.Type() == fs.ModeDir }

// Type holds the type bits; 0 for a regular file.
func (e Entry) Type() fs.FileMode { return typeOf(e.stat.Mode) }

// Info is the entry itself.
func (e Entry) Info() (fs.FileInfo, error) { return e, nil }

// Mode holds type and permission bits.
func (e Entry) Mode() fs.FileMode { return typeOf(e.stat.Mode) | goMode(e.stat.Mode) }

// Size in bytes.
func (e Entry) Size() int64 { return e.stat.Size }

// ModTime is the last change of the bytes.
func (e Entry) ModTime() time.Time { return time.Unix(e.stat.Mtim.Unix()) }

// Sys is nil.
func (e Entry) Sys() any { return nil }

// ReadDir lists a directory in lexical order. Each entry is an [Entry].
func (r *Root) ReadDir(name string) ([]fs.DirEntry, error) {
	p, err := r.find("read the directory", name, true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	entries, err := p.list()
	if err != nil {
		return nil, &fs.PathError{Op: "read the directory", Path: name, Err: err}
	}
	return entries, nil
}

func (p *place) list() ([]fs.DirEntry, error) {
	fd, err := unix.Openat(p.fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	dir := os.NewFile(uintptr(fd), p.real())
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	entries := make([]fs.DirEntry, 0, len(names))
	for _, name := range names {
		e := Entry{name: name}
		err := unix.Fstatat(fd, name, &e.stat, unix.AT_SYMLINK_NOFOLLOW)
		if errors.Is(err, unix.ENOENT) {
			continue // gone since
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}
