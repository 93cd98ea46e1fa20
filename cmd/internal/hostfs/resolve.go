package hostfs

import (
	"errors"
	"io/fs"
	"path"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// maxLinks is the kernel's own limit for one resolution.
const maxLinks = 40

// place is where a name leads: a thing in a directory, or a free name in a directory. It holds
// open every directory on the way, so that moving things about cannot redirect what follows.
type place struct {
	// directories are the real directories from the root down to the one that holds base.
	directories []directory
	// base is the name within the last directory; "." for the root itself.
	base string
	// fd is the thing itself (O_PATH), -1 where nothing is there.
	fd   int
	stat unix.Stat_t
}

type directory struct {
	fd   int
	name string
}

func (p *place) close() {
	for _, f := range p.directories {
		_ = unix.Close(f.fd)
	}
	if p.fd >= 0 {
		_ = unix.Close(p.fd)
	}
}

func (p *place) missing() bool { return p.fd < 0 }

// dir is the directory that holds base.
func (p *place) dir() int { return p.directories[len(p.directories)-1].fd }

func (p *place) dirPath() string { return pathOf(p.directories) }

// real is the path without links, as the node sees it.
func (p *place) real() string { return path.Join(p.dirPath(), p.base) }

func (p *place) is(kind uint32) bool { return !p.missing() && p.stat.Mode&unix.S_IFMT == kind }

func pathOf(directories []directory) string {
	names := []string{"/"}
	for _, f := range directories[1:] {
		names = append(names, f.name)
	}
	return path.Join(names...)
}

// resolve walks name below the root. A last component that does not exist is not an error here;
// a directory on the way that does not exist is. With follow the last component is followed too.
//
// The kernel's openat2(RESOLVE_IN_ROOT) gives the same answers, and the tests hold this
// against it; but it gives neither the directory that holds the file, which an atomic replace
// needs, and it is missing before Linux 5.6.
func (r *Root) resolve(op, name string, follow bool) (*place, error) {
	return r.walk(op, name, &walk{follow: follow})
}

func (r *Root) walk(op, name string, w *walk) (*place, error) {
	err := w.begin(r, name)
	for err == nil && len(w.todo) > 0 && w.p.base == "" {
		err = w.step()
	}
	runtime.KeepAlive(r.fd)
	if err == nil && w.p.base == "" {
		err = w.endInDir()
	}
	if err != nil {
		w.p.close()
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return &w.p, nil
}

// walk is a resolution on its way: p.directories are where we stand, todo is what remains, the
// next component last.
type walk struct {
	p      place
	todo   []string
	links  int
	follow bool
	// check, where it is not nil, may refuse what the walk meets: each directory, each
	// symbolic link and the thing itself, by its path without links.
	check func(name string, stat *unix.Stat_t) error
}

func (w *walk) checked(name string, stat *unix.Stat_t) error {
	if w.check == nil {
		return nil
	}
	return w.check(name, stat)
}

func (w *walk) begin(r *Root, name string) error {
	w.p.fd = -1
	if !path.IsAbs(name) {
		return errors.New("the path is not absolute")
	}
	fd, err := unix.FcntlInt(r.fd.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return err
	}
	w.p.directories = []directory{{fd: fd}}
	w.push(name)
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	return w.checked("/", &stat)
}

func (w *walk) push(name string) {
	parts := strings.Split(name, "/")
	if last := len(parts) - 1; parts[last] == "" {
		parts[last] = "." // "file/" is not a file
	}
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i] != "" {
			w.todo = append(w.todo, parts[i])
		}
	}
}

func (w *walk) step() error {
	name := w.todo[len(w.todo)-1]
	w.todo = w.todo[:len(w.todo)-1]
	last := len(w.todo) == 0
	switch name {
	case ".":
		return nil
	case "..":
		w.up(len(w.p.directories) - 1)
		return nil
	}
	fd, err := unix.Openat(w.p.dir(), name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) && last {
		w.p.base = name
		return nil
	}
	if err != nil {
		return err
	}
	var stat unix.Stat_t
	err = unix.Fstat(fd, &stat)
	if err == nil {
		err = w.checked(path.Join(w.p.dirPath(), name), &stat)
	}
	if err != nil {
		_ = unix.Close(fd)
		return err
	}
	switch kind := stat.Mode & unix.S_IFMT; {
	case kind == unix.S_IFDIR:
		w.p.directories = append(w.p.directories, directory{fd, name})
		return nil
	case kind == unix.S_IFLNK && (w.follow || !last):
		defer unix.Close(fd)
		return w.link(fd, name)
	case !last:
		_ = unix.Close(fd)
		return unix.ENOTDIR
	}
	w.p.base, w.p.fd, w.p.stat = name, fd, stat
	return nil
}

// up closes directories until keep are left; the root stays.
func (w *walk) up(keep int) {
	keep = max(keep, 1)
	for _, f := range w.p.directories[keep:] {
		_ = unix.Close(f.fd)
	}
	w.p.directories = w.p.directories[:keep]
}

func (w *walk) link(fd int, name string) error {
	w.links++
	if w.links > maxLinks {
		return unix.ELOOP
	}
	target := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(fd, "", target)
	if err != nil {
		return err
	}
	if n == 0 {
		return unix.ENOENT
	}
	if target[0] == '/' {
		w.up(1)
	}
	w.push(string(target[:n]))
	return nil
}

// endInDir: the name led to the directory where we stand.
func (w *walk) endInDir() error {
	last := len(w.p.directories) - 1
	here := w.p.directories[last]
	w.p.base, w.p.fd, w.p.directories = here.name, here.fd, w.p.directories[:last]
	if last == 0 {
		// The root is its own parent, to us as to the kernel.
		parent, err := unix.FcntlInt(uintptr(here.fd), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return err
		}
		w.p.base, w.p.directories = ".", []directory{{fd: parent}}
	}
	return unix.Fstat(w.p.fd, &w.p.stat)
}
