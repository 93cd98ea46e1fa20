package hostfs

import (
	"errors"
	"io/fs"
	"path"
)

// MaxWalk is how many names a walk looks at by default.
const MaxWalk = 10_000

// WalkOptions say how daemons of the node walk a directory; the zero value does what
// path/filepath.Walk does.
type WalkOptions struct {
	// FollowRoot follows name itself where it is a link to a directory.
	FollowRoot bool
	// FollowDirs follows links to directories on the way. A link back to a directory that is being
	// walked is reported and not entered.
	FollowDirs bool
	// Max bounds the names that are looked at; 0 means [MaxWalk]. Beyond it comes [ErrTooMany].
	Max int
}

// Walk calls fn for name and everything below it in lexical order, a directory before what is
// in it. As with filepath.Walk, a directory that cannot be read is given to fn once, with the
// error, and the entry describes the name itself; fs.SkipDir skips the directory (or, from a
// file, the rest of its directory) and fs.SkipAll ends the walk.
func (r *Root) Walk(name string, o WalkOptions, fn fs.WalkDirFunc) error {
	if o.Max == 0 {
		o.Max = MaxWalk
	}
	t := &tour{root: r, options: o, fn: fn}
	err := t.visit(name, o.FollowRoot, nil)
	if errors.Is(err, fs.SkipDir) || errors.Is(err, fs.SkipAll) {
		return nil
	}
	return err
}

type tour struct {
	root    *Root
	options WalkOptions
	fn      fs.WalkDirFunc
	seen    int
}

type identity struct{ dev, ino uint64 }

func (t *tour) visit(name string, follow bool, above []identity) error {
	t.seen++
	if t.seen > t.options.Max {
		return &fs.PathError{Op: "walk", Path: name, Err: ErrTooMany}
	}
	p, err := t.root.find("walk", name, false)
	if err != nil {
		return t.fn(name, Entry{name: path.Base(name)}, err)
	}
	defer func() { p.close() }()
	e := Entry{path.Base(name), p.stat}
	if follow && e.Type() == fs.ModeSymlink {
		to, err := t.root.find("walk", name, true)
		if err == nil && typeOf(to.stat.Mode).IsDir() {
			p.close()
			p = to
		} else if err == nil {
			to.close()
		}
	}
	me := identity{uint64(p.stat.Dev), p.stat.Ino} //nolint:unconvert // the type differs by architecture
	if !typeOf(p.stat.Mode).IsDir() || contains(above, me) {
		return t.fn(name, e, nil)
	}
	entries, listErr := p.list()
	if listErr != nil {
		listErr = &fs.PathError{Op: "read the directory", Path: name, Err: listErr}
	}
	if err := t.fn(name, e, listErr); err != nil || listErr != nil {
		if errors.Is(err, fs.SkipDir) {
			return nil
		}
		return err
	}
	return t.children(name, entries, append(above, me))
}

func (t *tour) children(name string, entries []fs.DirEntry, above []identity) error {
	for _, e := range entries {
		err := t.visit(path.Join(name, e.Name()), t.options.FollowDirs, above)
		if errors.Is(err, fs.SkipDir) {
			return nil // from a file: the rest of its directory
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func contains(all []identity, one identity) bool {
	for _, i := range all {
		if i == one {
			return true
		}
	}
	return false
}
