package hostfs

import (
	"errors"
	"io/fs"
	"time"

	"golang.org/x/sys/unix"
)

// Attrs is what a file has besides its bytes, as far as it is worth keeping.
type Attrs struct {
	// Mode holds the permission bits and setuid, setgid and sticky; type bits are ignored.
	Mode     fs.FileMode
	UID, GID int
	// Xattrs are the extended attributes by name: SELinux label, ACLs, user.*, …. Values that
	// are bound to the bytes (security.ima, security.evm) or to one overlay are not in it.
	Xattrs map[string][]byte
}

// Meta is all that is known of a file without reading it.
type Meta struct {
	Attrs
	// Type holds the type bits: fs.ModeDir, fs.ModeSymlink, …; 0 for a regular file.
	Type fs.FileMode
	Size int64
	// ModTime is the last change of the bytes, ChangeTime of bytes or metadata.
	ModTime, ChangeTime time.Time
	// Links counts the file's names. A replace gives only this name the new bytes.
	Links int
	// Real is the path without links, as the node sees it.
	Real string
	// Dev and Ino name the thing itself: the same pair is the same file.
	Dev, Ino uint64
}

// IsRegular and IsDir say what it is.
func (m Meta) IsRegular() bool { return m.Type == 0 }

// IsDir reports whether it is a directory.
func (m Meta) IsDir() bool { return m.Type == fs.ModeDir }

// Stat describes what name leads to. Where nothing is there the error is fs.ErrNotExist.
func (r *Root) Stat(name string) (Meta, error) { return r.meta("stat", name, true) }

// Lstat describes name itself where it is a symbolic link.
func (r *Root) Lstat(name string) (Meta, error) { return r.meta("lstat", name, false) }

func (r *Root) meta(op, name string, follow bool) (Meta, error) {
	p, err := r.find(op, name, follow)
	if err != nil {
		return Meta{}, err
	}
	defer p.close()
	m, err := p.meta()
	if err != nil {
		return Meta{}, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return m, nil
}

// find is resolve where a missing thing is an error.
func (r *Root) find(op, name string, follow bool) (*place, error) {
	p, err := r.resolve(op, name, follow)
	if err == nil && p.missing() {
		p.close()
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return p, err
}

func (p *place) meta() (Meta, error) {
	m := metaOf(&p.stat)
	m.Real = p.real()
	if m.Type == fs.ModeSymlink {
		return m, nil
	}
	var err error
	m.Xattrs, err = readXattrs(p.fd)
	if errors.Is(err, fs.ErrNotExist) && (m.IsRegular() || m.IsDir()) {
		m.Xattrs, err = p.xattrs()
	}
	return m, err
}

func metaOf(s *unix.Stat_t) Meta {
	return Meta{
		Attrs: attrsOf(s), Type: typeOf(s.Mode), Size: s.Size, Links: int(s.Nlink),
		ModTime: time.Unix(s.Mtim.Unix()), ChangeTime: time.Unix(s.Ctim.Unix()),
		Dev: uint64(s.Dev), Ino: s.Ino, //nolint:unconvert // the type differs by architecture
	}
}

func attrsOf(s *unix.Stat_t) Attrs {
	return Attrs{Mode: goMode(s.Mode), UID: int(s.Uid), GID: int(s.Gid)}
}

type flags struct{ immutable, appendOnly, mounted bool }

// flagsOf asks statx, which also works on a file without read permission. A kernel before 4.11
// or a file system that does not tell leaves all false; then the write itself finds out.
func flagsOf(fd int) flags {
	var x unix.Statx_t
	if err := unix.Statx(fd, "", unix.AT_EMPTY_PATH|unix.AT_SYMLINK_NOFOLLOW, 0, &x); err != nil {
		return flags{}
	}
	has := func(bit uint64) bool { return x.Attributes&x.Attributes_mask&bit != 0 }
	return flags{has(unix.STATX_ATTR_IMMUTABLE), has(unix.STATX_ATTR_APPEND), has(unix.STATX_ATTR_MOUNT_ROOT)}
}

func typeOf(mode uint32) fs.FileMode {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return 0
	case unix.S_IFDIR:
		return fs.ModeDir
	case unix.S_IFLNK:
		return fs.ModeSymlink
	case unix.S_IFIFO:
		return fs.ModeNamedPipe
	case unix.S_IFSOCK:
		return fs.ModeSocket
	case unix.S_IFCHR:
		return fs.ModeDevice | fs.ModeCharDevice
	case unix.S_IFBLK:
		return fs.ModeDevice
	}
	return fs.ModeIrregular
}

func goMode(mode uint32) fs.FileMode {
	m := fs.FileMode(mode & 0o777)
	if mode&unix.S_ISUID != 0 {
		m |= fs.ModeSetuid
	}
	if mode&unix.S_ISGID != 0 {
		m |= fs.ModeSetgid
	}
	if mode&unix.S_ISVTX != 0 {
		m |= fs.ModeSticky
	}
	return m
}

func unixMode(m fs.FileMode) uint32 {
	mode := uint32(m.Perm())
	if m&fs.ModeSetuid != 0 {
		mode |= unix.S_ISUID
	}
	if m&fs.ModeSetgid != 0 {
		mode |= unix.S_ISGID
	}
	if m&fs.ModeSticky != 0 {
		mode |= unix.S_ISVTX
	}
	return mode
}

// Exists tells whether name leads to anything. An error is one of looking.
func (r *Root) Exists(name string) (bool, error) {
	p, err := r.resolve("look for", name, true)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer p.close()
	return !p.missing(), nil
}
