package hostfs

import (
	"errors"
	"io/fs"
	"path"

	"golang.org/x/sys/unix"
)

// Writable tells, without writing, whether name could be replaced or created by this user:
// nil, or a *[WriteError] with the reason. Directories that are still missing are looked past.
// It is a forecast; the write itself has the last word.
func (r *Root) Writable(name string) error {
	fail := func(err error) error {
		return &WriteError{Op: "write", Path: name, Why: reason(err), Err: err, Left: Intact}
	}
	p, err := r.nearest(name)
	if err != nil {
		return fail(err)
	}
	defer p.close()
	directory := p.dir()
	switch {
	case p.is(unix.S_IFDIR):
		directory = p.fd // the nearest directory of a name that does not exist
	case p.is(unix.S_IFREG):
		if f := flagsOf(p.fd); f.immutable || f.appendOnly {
			return fail(ErrImmutable)
		} else if f.mounted {
			return fail(ErrBusy)
		}
	case !p.missing():
		return fail(ErrNotRegular)
	}
	if f := flagsOf(directory); f.immutable || f.appendOnly {
		return fail(ErrImmutable)
	}
	var fsys unix.Statfs_t
	if err := unix.Fstatfs(directory, &fsys); err != nil {
		return fail(err)
	}
	if fsys.Flags&unix.ST_RDONLY != 0 {
		return fail(unix.EROFS)
	}
	if err := unix.Faccessat(directory, ".", unix.W_OK|unix.X_OK, unix.AT_EACCESS); err != nil {
		return fail(err)
	}
	return nil
}

// nearest is the place of name, or of the nearest directory above it that is there.
func (r *Root) nearest(name string) (*place, error) {
	p, err := r.resolve("look for", name, true)
	for errors.Is(err, fs.ErrNotExist) && name != "/" {
		name = path.Dir(name)
		p, err = r.resolve("look for", name, true)
	}
	return p, err
}

// Space is the room of a file system.
type Space struct {
	// Free is what this user may still write, in bytes; Inodes how many files. A file system
	// without a fixed number of files says 0 of 0.
	Free, Inodes, AllInodes uint64
}

// Space is the room where name lies, or would lie.
func (r *Root) Space(name string) (Space, error) {
	p, err := r.nearest(name)
	if err != nil {
		return Space{}, err
	}
	defer p.close()
	fd := p.fd
	if p.missing() {
		fd = p.dir()
	}
	var s unix.Statfs_t
	if err := unix.Fstatfs(fd, &s); err != nil {
		return Space{}, &fs.PathError{Op: "statfs", Path: name, Err: err}
	}
	unit := s.Frsize
	if unit == 0 {
		unit = s.Bsize
	}
	return Space{
		Free:   s.Bavail * uint64(unit),
		Inodes: s.Ffree, AllInodes: s.Files,
	}, nil
}
