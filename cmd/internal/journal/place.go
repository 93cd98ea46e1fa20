package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/hint"
)

// Where journald keeps its files: on disk, or in memory until the next boot (journald.conf,
// Storage=).
const (
	persistent = "var/log/journal"
	volatile   = "run/log/journal"
)

// files counts the journal files in a directory and those that this user may not read.
type files struct{ readable, closed int }

// place says where the files are, as arguments of journalctl, and looks whether there are
// any that can be read: journalctl gives no entries and no error where there are none.
func (s *System) place(notice func(string)) ([]string, error) {
	if notice == nil {
		notice = func(string) {}
	}
	if s.Directory != "" {
		found, err := look(s.Directory, ".")
		return []string{"--directory=" + s.Directory}, found.judge(err, s.Directory, notice)
	}
	root := s.Root
	if root == "" {
		root = "/"
	}
	onDisk, errDisk := look(root, persistent)
	inMemory, errMemory := look(root, volatile)
	var args []string
	if filepath.Clean(root) != "/" {
		dir := persistent
		if onDisk == (files{}) && errDisk == nil {
			dir = volatile
		}
		args = []string{"--directory=" + filepath.Join(root, dir)}
	}
	if onDisk == (files{}) && errDisk == nil && inMemory.readable > 0 {
		notice("The journal is in memory only (/" + volatile + "): it reaches back to the last boot at most.")
	}
	both := files{onDisk.readable + inMemory.readable, onDisk.closed + inMemory.closed}
	return args, both.judge(errors.Join(errDisk, errMemory), filepath.Join(root, persistent)+" and "+filepath.Join(root, volatile), notice)
}

// judge: no file at all, none that can be read, or some that cannot.
func (f files) judge(err error, where string, notice func(string)) error {
	switch {
	case f.readable > 0 && (f.closed > 0 || err != nil):
		notice("Some journal files in " + where + " cannot be read: permission denied; what they contain is missing.")
	case f.readable > 0:
	case f.closed > 0 || errors.Is(err, fs.ErrPermission):
		return noPermission(where)
	case err != nil:
		return fmt.Errorf("read the journal: %w", err)
	default:
		return hint.With(fmt.Errorf("read the journal: %w in %s", errNoJournal, where), "is journald used here? give the kubelet's log with --file, or journal files with --directory")
	}
	return nil
}

// look counts the files of a directory below root and of its sub-directories, which are named
// after machines. No link in it leads out of root.
func look(root, dir string) (files, error) {
	var found files
	r, err := os.OpenRoot(root)
	if err != nil {
		return found, err
	}
	defer r.Close()
	entries, err := readDir(r, dir)
	if errors.Is(err, fs.ErrNotExist) && dir != "." {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	var failed error
	for _, e := range entries {
		if !e.IsDir() {
			found.count(r, path.Join(dir, e.Name()))
			continue
		}
		machine := e.Name()
		inner, err := readDir(r, path.Join(dir, machine))
		failed = errors.Join(failed, err)
		for _, e := range inner {
			found.count(r, path.Join(dir, machine, e.Name()))
		}
	}
	return found, failed
}

func (f *files) count(r *os.Root, name string) {
	if !strings.HasSuffix(name, ".journal") && !strings.HasSuffix(name, ".journal~") {
		return
	}
	file, err := r.Open(name)
	if err != nil {
		f.closed++
		return
	}
	file.Close()
	f.readable++
}

func readDir(r *os.Root, dir string) ([]fs.DirEntry, error) {
	d, err := r.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.ReadDir(-1)
}
