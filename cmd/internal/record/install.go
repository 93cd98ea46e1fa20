package record

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Install lays a program into the state folder, whole or not at all: one that runs from
// there at this moment is not disturbed.
func (s *Store) Install(name string, program io.Reader) error {
	fresh := name + ".new"
	f, err := s.dir.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, DirMode)
	if err != nil {
		return fmt.Errorf("install %s: %w", name, err)
	}
	_, err = io.Copy(f, program)
	if err := errors.Join(err, runnable(f), label(f), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("install %s: %w", name, err)
	}
	if err := s.dir.Rename(fresh, name); err != nil {
		return fmt.Errorf("install %s: %w", name, err)
	}
	return s.sync()
}

// runnable fails where the file system lets no program run.
func runnable(f *os.File) error {
	var fsys unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &fsys); err != nil {
		return err
	}
	if fsys.Flags&unix.ST_NOEXEC != 0 {
		return errors.New("the file system is mounted noexec")
	}
	return nil
}

// label lets systemd run the program where SELinux is on: what lies below /var/lib has a
// type that no service may execute.
func label(f *os.File) error {
	const attribute, program = "security.selinux", "bin_t"
	now := make([]byte, 256)
	n, err := unix.Fgetxattr(int(f.Fd()), attribute, now)
	if err != nil {
		return nil //nolint:nilerr // no label: no SELinux
	}
	parts := strings.SplitN(strings.TrimRight(string(now[:n]), "\x00"), ":", 4)
	if len(parts) < 3 || parts[2] == program {
		return nil
	}
	parts[2] = program
	if err := unix.Fsetxattr(int(f.Fd()), attribute, []byte(strings.Join(parts, ":")), 0); err != nil {
		return fmt.Errorf("give it the SELinux type %s: %w", program, err)
	}
	return nil
}
