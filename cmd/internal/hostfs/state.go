package hostfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"syscall"

	"golang.org/x/sys/unix"
)

// StateDir opens a directory of plegctl's own, 0700. With create it is made where it is
// missing, and the directories above it (0755); without, a missing one is fs.ErrNotExist. One that another user
// owns or can write, or a directory above it, is refused with [ErrUntrusted]: what lies there
// decides what a root process writes to the node. Its mode is never changed.
func (r *Root) StateDir(name string, create bool) (*os.Root, error) {
	if create {
		if err := r.mkdirs(path.Clean(name)); err != nil {
			return nil, err
		}
	}
	p, err := r.find("open the state directory", name, true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	m := metaOf(&p.stat)
	if !m.IsDir() {
		return nil, &fs.PathError{Op: "open the state directory", Path: name, Err: unix.ENOTDIR}
	}
	trusted := m.Trusted
	if r.dir == "/" {
		// An image may be its builder's own; on a live node every directory counts.
		trusted = func() error { return r.Trusted(name) }
	}
	if err := trusted(); err != nil {
		return nil, fmt.Errorf("state directory %s: %w", name, err)
	}
	here, err := os.OpenRoot(r.Path(name))
	if err != nil {
		return nil, fmt.Errorf("open the state directory: %w", err)
	}
	// The path was resolved anew to open it, so see that it led to the same directory.
	info, err := here.Stat(".")
	if err != nil {
		return nil, errors.Join(err, here.Close())
	}
	if s, ok := info.Sys().(*syscall.Stat_t); !ok || uint64(s.Dev) != m.Dev || s.Ino != m.Ino { //nolint:unconvert // the type differs by architecture
		return nil, errors.Join(fmt.Errorf("state directory %s: %w: it was swapped while it was opened", name, ErrUntrusted), here.Close())
	}
	return here, nil
}

func (r *Root) mkdirs(name string) error {
	missing := []string{}
	for dir := name; dir != "/"; dir = path.Dir(dir) {
		there, err := r.Exists(dir)
		if err != nil {
			return err
		}
		if there {
			break
		}
		missing = append(missing, dir)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		mode := fs.FileMode(0o755)
		if i == 0 {
			mode = 0o700
		}
		if err := r.Mkdir(missing[i], mode); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
