package hostfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
)

// WriteOptions are what a caller may ask of a write. The zero value is right nearly always.
type WriteOptions struct {
	// InPlace overwrites the bytes of a file that no other file can take the place of: a
	// bind-mounted file, or one in a directory without a safe place for a temporary file. That
	// is not atomic, so the caller must have the old bytes in its journal. Files that can be
	// replaced are replaced all the same.
	InPlace bool
}

// Replace gives a file new bytes, atomically: whoever opens it reads all of the old or all
// of the new. Links are followed and the real file is replaced; mode, owner and extended
// attributes stay. expect is the digest that the file must have now, else a *[ChangedError].
// Other errors are a *[WriteError]. On return the change is on disk.
//
// A file with further names (hard links) is replaced under this name only; [Meta.Links]
// tells beforehand. Between the last look at the old file and the rename there are some
// microseconds in which another user's write is lost.
func (r *Root) Replace(name string, data []byte, expect string, o WriteOptions) error {
	return r.write("replace", name, data, expect, nil, o)
}

// Create makes a file that must not exist; a link that leads nowhere counts as a file. It
// appears with all its bytes and exactly this mode, whatever the umask, and belongs to
// whoever runs plegctl. The directory must exist.
func (r *Root) Create(name string, data []byte, mode fs.FileMode) error {
	return r.create("create", name, data, func(fd int) error { return unix.Fchmod(fd, unixMode(mode)) })
}

// Restore makes the file at name hold data with exactly these attributes. expect is the
// digest that it has now, [Absent] where there must be none.
func (r *Root) Restore(name string, data []byte, expect string, a Attrs, o WriteOptions) error {
	if expect == Absent {
		return r.create("restore", name, data, func(fd int) error { return setAttrs(fd, a) })
	}
	return r.write("restore", name, data, expect, &a, o)
}

// change is one replacement on its way.
type change struct {
	op, name string
	named    bool
	*place
	options WriteOptions
	// old is the present file, open for reading, and seen is what it was when its digest
	// was taken.
	old    *os.File
	seen   unix.Stat_t
	expect string
}

func (r *Root) write(op, name string, data []byte, expect string, a *Attrs, o WriteOptions) error {
	if r.looking {
		return &WriteError{Op: op, Path: name, Why: ErrReadOnly, Left: Intact}
	}
	p, err := r.resolve(op, name, true)
	if err != nil {
		return &WriteError{Op: op, Path: name, Err: errors.Unwrap(err), Left: Intact}
	}
	defer p.close()
	c := &change{op: op, name: name, named: r.named, place: p, options: o, expect: expect}
	if err := c.look(); err != nil {
		return c.failed(err, Intact)
	}
	defer c.old.Close()
	if a == nil {
		a, err = c.attrs()
		if err != nil {
			return c.failed(err, Intact)
		}
	}
	return c.replace(data, *a)
}

// look opens the present file and holds it against what is expected.
func (c *change) look() error {
	if c.missing() {
		return &ChangedError{Path: c.name, Want: c.expect, Got: Absent}
	}
	var err error
	c.old, err = c.open(c.name)
	if err != nil {
		return err
	}
	got, err := c.digest()
	if err == nil && got != c.expect {
		err = &ChangedError{Path: c.name, Want: c.expect, Got: got}
	}
	if err != nil {
		_ = c.old.Close()
	}
	return err
}

func (c *change) digest() (string, error) {
	if err := unix.Fstat(int(c.old.Fd()), &c.seen); err != nil {
		return "", err
	}
	if _, err := c.old.Seek(0, 0); err != nil {
		return "", err
	}
	return digestOf(c.old, c.name)
}

// same looks again, just before the old file goes.
func (c *change) same() error {
	var byName, open unix.Stat_t
	err := unix.Fstatat(c.dir(), c.base, &byName, unix.AT_SYMLINK_NOFOLLOW)
	if errors.Is(err, unix.ENOENT) {
		return &ChangedError{Path: c.name, Want: c.expect, Got: Absent}
	}
	if err := first(err, unix.Fstat(int(c.old.Fd()), &open)); err != nil {
		return err
	}
	got := "another file"
	if byName.Dev == c.seen.Dev && byName.Ino == c.seen.Ino {
		if open.Ctim == c.seen.Ctim && open.Size == c.seen.Size {
			return nil
		}
		if got, err = c.digest(); err != nil || got == c.expect {
			return err
		}
	}
	return &ChangedError{Path: c.name, Want: c.expect, Got: got}
}

func (c *change) attrs() (*Attrs, error) {
	a := attrsOf(&c.seen)
	var err error
	a.Xattrs, err = readXattrs(int(c.old.Fd()))
	return &a, err
}

func (c *change) replace(data []byte, a Attrs) error {
	flags := flagsOf(c.fd)
	if flags.immutable || flags.appendOnly {
		return c.failed(ErrImmutable, Intact)
	}
	if flags.mounted {
		return c.orInPlace(ErrBusy, data, a)
	}
	directory, err := openDir(c.dir())
	if err != nil {
		return c.failed(err, Intact)
	}
	defer directory.Close()
	t, err := c.stage(data, func(fd int) error { return setAttrs(fd, a) })
	if err != nil {
		return c.orInPlace(err, data, a)
	}
	defer t.close()
	err = first(c.same(), failpoint.Hit("hostfs/before-rename"))
	if err == nil {
		err = unix.Renameat(t.dir, t.name, c.dir(), c.base)
	}
	if err != nil {
		return c.orInPlace(errors.Join(err, t.remove()), data, a)
	}
	if err := first(failpoint.Hit("hostfs/after-rename"), c.renamed(t, directory)); err != nil {
		return c.failed(err, Written)
	}
	return c.after("hostfs/after-sync")
}

// after is a failpoint after which nothing is left to do.
func (c *change) after(point string) error {
	if err := failpoint.Hit(point); err != nil {
		return c.failed(err, Written)
	}
	return nil
}

// orInPlace is what becomes of a replace that the file system cannot do.
func (c *change) orInPlace(err error, data []byte, a Attrs) error {
	why := first(reason(err), err)
	if c.options.InPlace && (errors.Is(why, ErrBusy) || errors.Is(why, ErrNoStaging)) {
		return c.inPlace(data, a)
	}
	return c.failed(err, Intact)
}

// failed puts the file's name and fate to an error.
func (c *change) failed(err error, left Left) error {
	var changed *ChangedError
	if errors.As(err, &changed) {
		return changed
	}
	if errors.Is(err, unix.EPERM) && !errors.Is(err, ErrMetadata) && c.guarded() {
		return &WriteError{Op: c.op, Path: c.name, Why: ErrImmutable, Err: err, Left: left}
	}
	return &WriteError{Op: c.op, Path: c.name, Why: reason(err), Err: err, Left: left}
}

// guarded reports whether the directory or the thing has the immutable or append-only flag.
func (c *change) guarded() bool {
	for _, fd := range []int{c.dir(), c.fd} {
		if f := flagsOf(fd); f.immutable || f.appendOnly {
			return true
		}
	}
	return false
}

func openDir(fd int) (*os.File, error) {
	open, err := unix.Openat(fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open the directory: %w", err)
	}
	return os.NewFile(uintptr(open), "."), nil
}

// syncDir makes names durable. Some network and FUSE file systems know no such thing for
// directories and say EINVAL.
func syncDir(f *os.File) error {
	if err := unix.Fsync(int(f.Fd())); err != nil && !errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("fsync the directory: %w", err)
	}
	return nil
}
