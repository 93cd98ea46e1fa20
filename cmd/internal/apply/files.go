package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// state is what is at a path now.
func (e *Executor) state(path string) (plan.FileState, error) {
	meta, err := e.Host.Root.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return plan.FileState{}, nil
	}
	if err != nil {
		return plan.FileState{}, err
	}
	s := plan.FileState{Exists: true, Dir: meta.IsDir(), Mode: meta.Mode, UID: meta.UID, GID: meta.GID, Xattrs: meta.Xattrs}
	if s.Dir {
		return s, nil
	}
	s.Data, err = e.Host.Root.ReadFile(path)
	return s, err
}

// States are the states of all paths of the changes; the error tells which could not be seen.
func (e *Executor) States(changes []plan.FileChange) (map[string]plan.FileState, error) {
	now := map[string]plan.FileState{}
	var failed []error
	for _, c := range changes {
		s, err := e.state(c.Place())
		if err != nil {
			failed = append(failed, fmt.Errorf("look at what was changed: %w", err))
			continue
		}
		now[c.Place()] = s
	}
	return now, errors.Join(failed...)
}

// put brings a path from one state to another. A file that is new to the node gets its mode
// only: owner and labels are those that the node gives.
func (e *Executor) put(path string, now, then plan.FileState, fresh bool) error {
	root, options := e.Host.Root, hostfs.WriteOptions{InPlace: e.InPlace}
	switch {
	case !then.Exists && !now.Exists:
		return nil
	case !then.Exists && now.Dir:
		// What others laid into our directory meanwhile keeps it.
		if err := root.Rmdir(path); err != nil && !errors.Is(err, unix.ENOTEMPTY) {
			return err
		}
		return nil
	case !then.Exists:
		return root.Remove(path, now.Digest())
	case then.Dir:
		return root.Mkdir(path, then.Mode)
	case fresh:
		return root.Create(path, then.Data, then.Mode)
	}
	if now.Exists && now.SameMetadata(then) {
		return root.Replace(path, then.Data, now.Digest(), options)
	}
	attrs := hostfs.Attrs{Mode: then.Mode, UID: then.UID, GID: then.GID, Xattrs: then.Xattrs}
	return root.Restore(path, then.Data, now.Digest(), attrs, options)
}

// real is the path without symbolic links, "" where it is the same. What is recorded stays
// what was changed, also when a link leads elsewhere afterwards.
func (e *Executor) real(path string) string {
	meta, err := e.Host.Root.Stat(path)
	real := meta.Real
	if err != nil {
		above, err := e.Host.Root.Stat(filepath.Dir(path))
		if err != nil {
			return ""
		}
		real = filepath.Join(above.Real, filepath.Base(path))
	}
	if real == path {
		return ""
	}
	return real
}

// notice tells what a change of this file will not reach.
func (e *Executor) notice(path string) {
	meta, err := e.Host.Root.Stat(path)
	if err == nil && meta.IsRegular() && meta.Links > 1 {
		e.Progress.Info("note: %s has %d names (hard links); only this one gets the new bytes", path, meta.Links)
	}
}

// sweep removes the temporary files that a killed plegctl left beside what it changed.
func (e *Executor) sweep(t record.Transaction) error {
	var failed []error
	for _, i := range t.Intents {
		if i.Path == "" {
			continue
		}
		if i.Real != "" {
			i.Path = i.Real
		}
		if _, err := e.Host.Root.Sweep(i.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
