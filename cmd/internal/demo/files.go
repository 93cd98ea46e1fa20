// Package demo holds what the demo command shows besides the commands themselves: the
// files of a folder before and after, the story of its steps, and how a step is told.
//
// It runs nothing. Start with [Story] and [ReadFiles].
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

// Files are the regular files and symbolic links below a folder, by their name on the node.
type Files map[string]file

// file is what must come back: bytes (or the link's target), mode and owner. Times are
// left out, as a rollback writes anew.
type file struct {
	digest   [32]byte
	mode     fs.FileMode
	uid, gid uint32
}

// ReadFiles reads everything below dir but what lies in the folders named by except, and
// what is no file (sockets).
func ReadFiles(dir string, except ...string) (Files, error) {
	files := Files{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, dir)
		if entry.IsDir() && slices.Contains(except, name) {
			return fs.SkipDir
		}
		one, ok, err := readFile(path, entry)
		if ok {
			files[name] = one
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the files of the node: %w", err)
	}
	return files, nil
}

func readFile(path string, entry fs.DirEntry) (file, bool, error) {
	info, err := entry.Info()
	if err != nil {
		return file{}, false, err
	}
	f := file{mode: info.Mode()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		f.uid, f.gid = stat.Uid, stat.Gid
	}
	switch {
	case info.Mode().IsRegular():
		data, err := os.ReadFile(path)
		f.digest = sha256.Sum256(data)
		return f, true, err
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		f.digest = sha256.Sum256([]byte(target))
		return f, true, err
	case info.IsDir():
		return f, true, nil
	}
	return f, false, nil
}

// Changed are the names whose bytes, mode or owner differ between two readings, that came
// or that went, each with what differs.
func Changed(before, after Files) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		was := before[name]
		now, there := after[name]
		switch {
		case !there:
			list = append(list, name+": gone")
		case now.digest != was.digest:
			list = append(list, name+": other bytes")
		case now.mode != was.mode:
			list = append(list, fmt.Sprintf("%s: mode %v, was %v", name, now.mode, was.mode))
		case now.uid != was.uid || now.gid != was.gid:
			list = append(list, fmt.Sprintf("%s: owner %d:%d, was %d:%d", name, now.uid, now.gid, was.uid, was.gid))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, there := before[name]; !there {
			list = append(list, name+": new")
		}
	}
	return list
}
