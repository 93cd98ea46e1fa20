package hostfs

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
)

// Remove removes a regular file whose digest is expect. A symbolic link at the end of name
// is refused, not followed: nothing is removed under a name that was not given.
func (r *Root) Remove(name, expect string) error {
	c, err := r.directoryChange("remove", name)
	if err != nil {
		return err
	}
	defer c.close()
	c.expect = expect
	if err := c.look(); err != nil {
		return c.failed(err, Intact)
	}
	defer c.old.Close()
	return c.unlink(0, c.same)
}

// Rmdir removes an empty directory. Where something is in it the error is unix.ENOTEMPTY.
func (r *Root) Rmdir(name string) error {
	c, err := r.directoryChange("remove the directory", name)
	if err != nil {
		return err
	}
	defer c.close()
	return c.unlink(unix.AT_REMOVEDIR, func() error { return nil })
}

func (r *Root) directoryChange(op, name string) (*change, error) {
	if r.looking {
		return nil, &WriteError{Op: op, Path: name, Why: ErrReadOnly, Left: Intact}
	}
	p, err := r.resolve(op, strings.TrimRight(name, "/"), false)
	if err != nil {
		return nil, &WriteError{Op: op, Path: name, Err: errors.Unwrap(err), Left: Intact}
	}
	return &change{op: op, name: name, place: p}, nil
}

func (c *change) unlink(flags int, check func() error) error {
	directory, err := openDir(c.dir())
	if err != nil {
		return c.failed(err, Intact)
	}
	defer directory.Close()
	err = first(check(), failpoint.Hit("hostfs/before-remove"))
	if err == nil {
		err = unix.Unlinkat(c.dir(), c.base, flags)
	}
	if err != nil {
		return c.failed(err, Intact)
	}
	if err := first(failpoint.Hit("hostfs/after-remove"), syncDir(directory)); err != nil {
		return c.failed(err, Written)
	}
	return nil
}

// Sweep removes the temporary files that a killed plegctl left for name, and returns their
// paths. Only whoever holds the lock may call it: a temporary file in use looks the same.
func (r *Root) Sweep(name string) ([]string, error) {
	if r.looking {
		return nil, &WriteError{Op: "sweep", Path: name, Why: ErrReadOnly, Left: Intact}
	}
	p, err := r.resolve("sweep", name, true)
	base := path.Base(name)
	if err == nil {
		base = p.base
	} else if errors.Is(err, fs.ErrNotExist) {
		// Its directory is gone; what lies further up is not.
		p, err = r.nearest(path.Dir(name))
	}
	if err != nil {
		return nil, err
	}
	defer p.close()
	above := p.directories
	if p.is(unix.S_IFDIR) {
		above = append(slices.Clone(above), directory{p.fd, p.base})
	}
	var swept []string
	for i, f := range above {
		// Staging lies in the file's own directory or in one above; looking into each is cheap
		// and does not depend on the options of the write that was killed.
		here := place{directories: above[:i+1], fd: f.fd}
		entries, err := here.list()
		if errors.Is(err, unix.EACCES) {
			continue // then we could not have left anything there either
		}
		if err != nil {
			return swept, &WriteError{Op: "sweep", Path: name, Err: err, Left: Intact}
		}
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), tempPrefix(base)) || e.Type() != 0 {
				continue
			}
			if err := unix.Unlinkat(f.fd, e.Name(), 0); err != nil {
				return swept, &WriteError{Op: "sweep", Path: name, Why: reason(err), Err: err, Left: Intact}
			}
			swept = append(swept, path.Join(here.dirPath(), e.Name()))
		}
	}
	return swept, nil
}

// Unlink removes a symbolic link or a regular file of our own, whatever is in it.
func (r *Root) Unlink(name string) error {
	c, err := r.directoryChange("remove", name)
	if err != nil {
		return err
	}
	defer c.close()
	return c.unlink(0, func() error { return nil })
}
