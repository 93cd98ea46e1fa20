package hostfs

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
)

func (r *Root) create(op, name string, data []byte, attrs func(fd int) error) error {
	if r.looking {
		return &WriteError{Op: op, Path: name, Why: ErrReadOnly, Left: Intact}
	}
	p, err := r.resolve(op, name, false)
	if err != nil {
		return &WriteError{Op: op, Path: name, Err: errors.Unwrap(err), Left: Intact}
	}
	defer p.close()
	c := &change{op: op, name: name, named: r.named, place: p}
	if !p.missing() {
		return c.taken()
	}
	directory, err := openDir(p.dir())
	if err != nil {
		return c.failed(err, Intact)
	}
	defer directory.Close()
	left, err := c.put(data, attrs)
	if errors.Is(err, fs.ErrExist) {
		return c.taken()
	}
	if err == nil {
		left, err = Written, first(failpoint.Hit("hostfs/after-create"), syncDir(directory))
	}
	if err != nil {
		return c.failed(err, left)
	}
	return c.after("hostfs/after-sync")
}

// put makes the file appear under its final name, whole or not at all.
func (c *change) put(data []byte, attrs func(fd int) error) (Left, error) {
	if err := failpoint.Hit("hostfs/before-temp"); err != nil {
		return Intact, err
	}
	file, err := c.nameless()
	if noTmpfile(err) {
		return Intact, c.putNamed(data, attrs)
	}
	if err != nil {
		return Intact, err
	}
	t := &temp{file: file}
	defer t.close()
	// Its bytes must be on disk before a daemon can see its name.
	err = first(t.put(data, attrs), t.sync("hostfs/before-fsync"))
	if err != nil {
		return Intact, err
	}
	if err := linkTo(t.file, c.dir(), c.base); errors.Is(err, fs.ErrExist) {
		return Intact, err
	} else if err != nil {
		return Intact, c.putNamed(data, attrs)
	}
	return Written, t.sync("hostfs/after-link")
}

// putNamed is for file systems without O_TMPFILE: a temporary name aside, then a second name
// in place, which fails where the name is taken.
func (c *change) putNamed(data []byte, attrs func(fd int) error) error {
	t, err := c.stage(data, attrs)
	if err != nil {
		return err
	}
	defer t.close()
	err = unix.Renameat2(t.dir, t.name, c.dir(), c.base, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		err = unix.Linkat(t.dir, t.name, c.dir(), c.base, 0)
	}
	return errors.Join(err, t.remove())
}

// taken: something has the name already.
func (c *change) taken() error {
	got := "not a regular file"
	if f, err := c.open(c.name); err == nil {
		defer f.Close()
		if got, err = digestOf(f, c.name); err != nil {
			return c.failed(err, Intact)
		}
	}
	return &ChangedError{Path: c.name, Want: Absent, Got: got}
}

// Mkdir makes a directory with exactly this mode, whatever the umask. The directory above must
// exist; where the name is taken the error is fs.ErrExist.
func (r *Root) Mkdir(name string, mode fs.FileMode) error {
	c, err := r.directoryChange("make the directory", name)
	if err != nil {
		return err
	}
	defer c.close()
	above, err := openDir(c.dir())
	if err != nil {
		return c.failed(err, Intact)
	}
	defer above.Close()
	err = failpoint.Hit("hostfs/before-mkdir")
	if err == nil {
		err = unix.Mkdirat(c.dir(), c.base, 0o700)
	}
	if err != nil {
		return c.failed(err, Intact)
	}
	err = failpoint.Hit("hostfs/after-mkdir")
	if err == nil {
		err = c.chmodDir(mode)
	}
	if err != nil {
		return c.failed(errors.Join(err, unix.Unlinkat(c.dir(), c.base, unix.AT_REMOVEDIR)), Intact)
	}
	if err := syncDir(above); err != nil {
		return c.failed(err, Written)
	}
	return nil
}

func (c *change) chmodDir(mode fs.FileMode) error {
	fd, err := unix.Openat(c.dir(), c.base, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	directory := os.NewFile(uintptr(fd), c.name)
	defer directory.Close()
	return first(unix.Fchmod(fd, unixMode(mode)), syncDir(directory))
}

// Symlink makes a symbolic link. Where the name is taken the error is fs.ErrExist.
func (r *Root) Symlink(target, name string) error {
	c, err := r.directoryChange("link", name)
	if err != nil {
		return err
	}
	defer c.close()
	above, err := openDir(c.dir())
	if err != nil {
		return c.failed(err, Intact)
	}
	defer above.Close()
	if err := unix.Symlinkat(target, c.dir(), c.base); err != nil {
		return c.failed(err, Intact)
	}
	if err := syncDir(above); err != nil {
		return c.failed(err, Written)
	}
	return nil
}
