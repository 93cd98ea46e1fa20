package hostfs

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/failpoint"
)

// inPlace overwrites the bytes of the file itself. Room for them is taken first, so that a
// full disk is found out while the old bytes are whole.
func (c *change) inPlace(data []byte, a Attrs) error {
	fd, err := unix.Openat(c.dir(), c.base, unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return c.failed(err, Intact)
	}
	f := os.NewFile(uintptr(fd), c.name)
	defer f.Close()
	if len(data) > 0 {
		err := unix.Fallocate(fd, unix.FALLOC_FL_KEEP_SIZE, 0, int64(len(data)))
		if err != nil && !errors.Is(err, unix.EOPNOTSUPP) && !errors.Is(err, unix.ENOSYS) {
			return c.failed(err, Intact)
		}
	}
	var open unix.Stat_t
	err = first(unix.Fstat(fd, &open), c.same())
	if err == nil && (open.Dev != c.seen.Dev || open.Ino != c.seen.Ino) {
		err = &ChangedError{Path: c.name, Want: c.expect, Got: "another file"}
	}
	if err = first(err, failpoint.Hit("hostfs/before-in-place")); err != nil {
		return c.failed(err, Intact)
	}
	half := len(data) / 2
	if _, err := f.Write(data[:half]); err != nil {
		return c.failed(err, Torn)
	}
	if err := failpoint.Hit("hostfs/half-in-place"); err != nil {
		return c.failed(err, Torn)
	}
	if _, err := f.Write(data[half:]); err != nil {
		return c.failed(err, Torn)
	}
	if err := unix.Ftruncate(fd, int64(len(data))); err != nil {
		return c.failed(err, Torn)
	}
	if err = first(setAttrs(fd, a), failpoint.Hit("hostfs/after-in-place")); err != nil {
		return c.failed(err, Torn)
	}
	if err := unix.Fsync(fd); err != nil {
		return c.failed(err, Written)
	}
	return nil
}
