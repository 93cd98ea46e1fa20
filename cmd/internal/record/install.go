package record

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Install puts a program into the state directory, whole or not at all: one that runs from
// there at this moment is not disturbed. One that is there already, with the same size and
// time of change, stays. The mode does not depend on the umask.
func (s *Store) Install(name string, program *os.File) error {
	want, err := program.Stat()
	if err != nil {
		return fmt.Errorf("install %s: %w", name, err)
	}
	if now, err := s.dir.Stat(name); err == nil && now.Size() == want.Size() && now.ModTime().Equal(want.ModTime()) && now.Mode() == DirMode {
		return nil
	}
	fresh := name + ".new-" + rand.Text()[:8]
	f, err := s.dir.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, DirMode)
	if err != nil {
		return fmt.Errorf("install %s: %w", name, err)
	}
	_, err = io.Copy(f, program)
	err = errors.Join(err, f.Chmod(DirMode), runnable(f), label(f), f.Sync(), f.Close())
	if err == nil {
		err = s.dir.Chtimes(fresh, time.Time{}, want.ModTime())
	}
	if err == nil {
		err = s.dir.Rename(fresh, name)
	}
	if err != nil {
		return fmt.Errorf("install %s: %w", name, errors.Join(err, s.dir.Remove(fresh)))
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
