package hostfs

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// kept tells whether an extended attribute belongs to the file and not to its present bytes
// (IMA and EVM sign those) nor to the overlay that it lies in.
func kept(name string) bool {
	return name != "security.ima" && name != "security.evm" && !strings.HasPrefix(name, "trusted.overlay.")
}

// readXattrs reads the extended attributes of an open thing, which may be O_PATH. A file
// system without any gives nil.
func readXattrs(fd int) (map[string][]byte, error) {
	list := func(b []byte) (int, error) { return unix.Flistxattr(fd, b) }
	get := func(name string, b []byte) (int, error) { return unix.Fgetxattr(fd, name, b) }
	names, err := grown(list)
	if errors.Is(err, unix.EBADF) { // O_PATH: then by the name that /proc has for it
		self := "/proc/self/fd/" + strconv.Itoa(fd)
		list = func(b []byte) (int, error) { return unix.Listxattr(self, b) }
		get = func(name string, b []byte) (int, error) { return unix.Getxattr(self, name, b) }
		names, err = grown(list)
	}
	if errors.Is(err, unix.ENOTSUP) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list extended attributes: %w", err)
	}
	var all map[string][]byte
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		if name == "" || !kept(name) {
			continue
		}
		value, err := grown(func(b []byte) (int, error) { return get(name, b) })
		if errors.Is(err, unix.ENODATA) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the extended attribute %s: %w", name, err)
		}
		if all == nil {
			all = map[string][]byte{}
		}
		all[name] = value
	}
	return all, nil
}

// xattrs reads the extended attributes where no /proc is mounted, as in a chroot: of the thing
// opened for reading, if it is still the same.
func (p *place) xattrs() (map[string][]byte, error) {
	fd, err := unix.Openat(p.dir(), p.base, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var now unix.Stat_t
	if err := unix.Fstat(fd, &now); err != nil {
		return nil, err
	}
	if now.Dev != p.stat.Dev || now.Ino != p.stat.Ino {
		return nil, errors.New("it was replaced while it was looked at")
	}
	return readXattrs(fd)
}

// grown calls read with a buffer that is large enough.
func grown(read func([]byte) (int, error)) ([]byte, error) {
	for {
		size, err := read(nil)
		if err != nil || size == 0 {
			return []byte{}, err
		}
		buf := make([]byte, size)
		n, err := read(buf)
		if errors.Is(err, unix.ERANGE) {
			continue // it grew meanwhile
		}
		if err != nil {
			return nil, err
		}
		return buf[:n], nil
	}
}

// setAttrs gives an open file the owner, extended attributes and mode that are wanted, and
// reads them back: a user who may not give a file away gets an error, unless it has them already.
func setAttrs(fd int, want Attrs) error {
	if err := setOwner(fd, want); err != nil {
		return err
	}
	have, err := readXattrs(fd)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMetadata, err)
	}
	var failed error
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want.Xattrs[name]; !ok && !labelled(name) {
			failed = first(failed, unix.Fremovexattr(fd, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want.Xattrs)) {
		if had, ok := have[name]; !ok || !bytes.Equal(had, want.Xattrs[name]) {
			failed = first(failed, unix.Fsetxattr(fd, name, want.Xattrs[name], 0))
		}
	}
	// Last, since a change of owner or ACL changes mode bits.
	failed = first(failed, unix.Fchmod(fd, unixMode(want.Mode)))
	return checkAttrs(fd, want, failed)
}

func setOwner(fd int, want Attrs) error {
	var now unix.Stat_t
	if err := unix.Fstat(fd, &now); err != nil {
		return err
	}
	if int(now.Uid) == want.UID && int(now.Gid) == want.GID {
		return nil
	}
	if err := unix.Fchown(fd, want.UID, want.GID); err != nil {
		return fmt.Errorf("%w: owner %d:%d: %w", ErrMetadata, want.UID, want.GID, err)
	}
	return nil
}

// labelled: a label that a security module gave by its policy cannot be taken off.
func labelled(name string) bool {
	return name == "security.selinux" || strings.HasPrefix(name, "security.SMACK")
}

func checkAttrs(fd int, want Attrs, failed error) error {
	var now unix.Stat_t
	if err := unix.Fstat(fd, &now); err != nil {
		return err
	}
	have := attrsOf(&now)
	xattrs, err := readXattrs(fd)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMetadata, err)
	}
	have.Xattrs = xattrs
	if diff := want.difference(have); diff != "" {
		if failed != nil {
			return fmt.Errorf("%w: %s: %w", ErrMetadata, diff, failed)
		}
		return fmt.Errorf("%w: %s", ErrMetadata, diff)
	}
	return nil
}

// difference names the first thing in which have is not what a asks for, or "".
func (a Attrs) difference(have Attrs) string {
	const bits = 0o7777
	if want, got := unixMode(a.Mode)&bits, unixMode(have.Mode)&bits; want != got {
		return fmt.Sprintf("mode %04o instead of %04o", got, want)
	}
	if a.UID != have.UID || a.GID != have.GID {
		return fmt.Sprintf("owner %d:%d instead of %d:%d", have.UID, have.GID, a.UID, a.GID)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Xattrs)) {
		if got, ok := have.Xattrs[name]; !ok || !bytes.Equal(got, a.Xattrs[name]) {
			return "extended attribute " + name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have.Xattrs)) {
		if _, ok := a.Xattrs[name]; !ok && !labelled(name) {
			return "extended attribute " + name + " too much"
		}
	}
	return ""
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
