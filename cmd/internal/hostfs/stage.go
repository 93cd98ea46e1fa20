package hostfs

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
)

// temp is the new file before it has its final name.
type temp struct {
	file *os.File
	// dir is where its name lies; not ours to close.
	dir int
	// name is "" while it has none at all (O_TMPFILE).
	name string
}

func (t *temp) close() { _ = t.file.Close() }

func (t *temp) remove() error {
	if t.name == "" {
		return nil
	}
	err := unix.Unlinkat(t.dir, t.name, 0)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

// renamed makes the rename durable, on both sides of it.
func (c *change) renamed(t *temp, directory *os.File) error {
	err := syncDir(directory)
	if t.dir == c.dir() {
		return err
	}
	from, openErr := openDir(t.dir)
	if openErr != nil {
		return err // the name is gone from a directory that we may not read: nobody needs that
	}
	defer from.Close()
	return first(err, syncDir(from))
}

// stage writes the new file: complete, on disk, and under a temporary name in a directory that
// no daemon reads whole.
func (c *change) stage(data []byte, attrs func(fd int) error) (*temp, error) {
	if err := failpoint.Hit("hostfs/before-temp"); err != nil {
		return nil, err
	}
	t := &temp{dir: c.staging()}
	if err := c.fill(t, data, attrs); err != nil {
		if t.file != nil {
			t.close()
		}
		return nil, errors.Join(err, t.remove())
	}
	return t, nil
}

func (c *change) fill(t *temp, data []byte, attrs func(fd int) error) error {
	// Without a name first: then a crash leaves nothing, and SELinux and default ACLs see
	// the directory that the file is for.
	var err error
	if t.file, err = c.nameless(); err == nil {
		if err := t.put(data, attrs); err != nil {
			return err
		}
		name := tempName(c.base)
		switch err := linkTo(t.file, t.dir, name); {
		case err == nil:
			t.name = name
			return t.sync("hostfs/after-link")
		case errors.Is(err, unix.EXDEV):
			return err
		}
		t.close() // this file system cannot give it a name after all
	}
	if err != nil && !noTmpfile(err) {
		return err
	}
	t.name = tempName(c.base)
	fd, err := unix.Openat(t.dir, t.name, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		t.name, t.file = "", nil
		return err
	}
	t.file = os.NewFile(uintptr(fd), c.name)
	return first(t.put(data, attrs), t.sync("hostfs/after-link"))
}

// nameless makes a file without a name in the directory that it is for.
func (c *change) nameless() (*os.File, error) {
	if c.named {
		return nil, unix.EOPNOTSUPP
	}
	fd, err := unix.Openat(c.dir(), ".", unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), c.name), nil
}

// noTmpfile: what a kernel or file system without O_TMPFILE answers.
func noTmpfile(err error) bool {
	return errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EISDIR) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOENT)
}

func (t *temp) put(data []byte, attrs func(fd int) error) error {
	if err := failpoint.Hit("hostfs/after-temp"); err != nil {
		return err
	}
	if _, err := t.file.Write(data); err != nil {
		return err
	}
	if err := failpoint.Hit("hostfs/after-write"); err != nil {
		return err
	}
	if err := attrs(int(t.file.Fd())); err != nil {
		return err
	}
	return failpoint.Hit("hostfs/after-metadata")
}

// sync comes after the file has a name: btrfs logs nothing for a file without one.
func (t *temp) sync(point string) error {
	if err := failpoint.Hit(point); err != nil {
		return err
	}
	if err := unix.Fsync(int(t.file.Fd())); err != nil {
		return fmt.Errorf("fsync: %w", err)
	}
	return failpoint.Hit("hostfs/after-fsync")
}

// linkTo gives an O_TMPFILE file a name. It never replaces anything.
func linkTo(f *os.File, dir int, name string) error {
	self := "/proc/self/fd/" + strconv.Itoa(int(f.Fd()))
	err := unix.Linkat(unix.AT_FDCWD, self, dir, name, unix.AT_SYMLINK_FOLLOW)
	if errors.Is(err, unix.ENOENT) { // no /proc; this way needs a capability
		err = unix.Linkat(int(f.Fd()), "", dir, name, unix.AT_EMPTY_PATH)
	}
	return err
}

// staging is the directory for the temporary name: the file's own, or the nearest one above
// all that a daemon reads whole.
func (c *change) staging() int {
	at := len(c.directories) - 1
	for i, f := range c.directories {
		if i > 0 && readWhole(f.name) {
			at = i - 1
			break
		}
	}
	return c.directories[at].fd
}

// readWhole: CRI-O reads every file below crio.conf.d whatever its name, and a kubelet all
// but dot files in its static pod directory. Other *.d directories cost nothing to be careful with.
func readWhole(directory string) bool {
	return strings.HasSuffix(directory, ".d") || directory == "manifests"
}

// tempPrefix begins every temporary name for base, so that [Root.Sweep] finds it.
func tempPrefix(base string) string {
	const room = 200 // of the 255 that a name may have
	if len(base) > room {
		base = base[:room]
	}
	return "." + base + ".plegctl-"
}

func tempName(base string) string {
	random := make([]byte, 8)
	_, _ = rand.Read(random) // crypto/rand never fails
	return tempPrefix(base) + hex.EncodeToString(random)
}
