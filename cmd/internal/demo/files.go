package demo

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Files are what is below a directory, by name: of each its mode, owner and bytes (or the
// link's target), which must come back. Times are left out, as a rollback writes anew.
type Files map[string]string

// ReadFiles reads everything below dir but the directories named by except, and sockets.
func ReadFiles(dir string, except ...string) (Files, error) {
	files := Files{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		name := strings.TrimPrefix(path, dir)
		if err == nil && entry.IsDir() && slices.Contains(except, name) {
			return fs.SkipDir
		}
		if err != nil || entry.Type() == fs.ModeSocket {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		var data []byte
		switch info.Mode().Type() {
		case 0:
			data, err = os.ReadFile(path)
		case fs.ModeSymlink:
			var target string
			target, err = os.Readlink(path)
			data = []byte(target)
		}
		owner := info.Sys().(*syscall.Stat_t)
		files[name] = fmt.Sprintf("%v %d:%d %x", info.Mode(), owner.Uid, owner.Gid, sha256.Sum256(data))
		return err
	})
	return files, err
}

// Changed are the names whose bytes, mode or owner differ between two readings, that came
// or that went.
func Changed(before, after Files) []string {
	all := maps.Clone(before)
	maps.Copy(all, after)
	changed := slices.Sorted(maps.Keys(all))
	return slices.DeleteFunc(changed, func(name string) bool { return before[name] == after[name] })
}
