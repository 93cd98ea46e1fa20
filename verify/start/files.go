package start

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// Files are the files of a node. All paths are absolute, as the node sees them.
type Files interface {
	// Read returns a file; its Err says why it could not be read.
	Read(path string) source.File
	// Head returns the first bytes of a file: programs are not read as a whole.
	Head(path string, n int) ([]byte, error)
	// List returns the names in a directory, sorted; none where it cannot be read.
	List(dir string) []string
	// Link returns the target of a symbolic link as it is written; false for anything else.
	Link(path string) (string, bool)
}

// exists reports whether a file is there and is not a directory; one without read permission is.
func exists(files Files, name string) bool {
	_, err := files.Head(name, 0)
	return err == nil || errors.Is(err, fs.ErrPermission)
}

// glob lists the files that match a pattern as glob(3) does: sorted, and a wildcard does not
// match the dot of a hidden file.
func glob(files Files, pattern string) []string {
	if !strings.ContainsAny(pattern, `*?[\`) {
		if exists(files, pattern) {
			return []string{pattern}
		}
		return nil
	}
	dirs := []string{"/"}
	parts := strings.Split(strings.Trim(path.Clean(pattern), "/"), "/")
	for i, part := range parts {
		var next []string
		for _, dir := range dirs {
			for _, name := range files.List(dir) {
				full := path.Join(dir, name)
				if matchesName(part, name) && (i+1 < len(parts) || exists(files, full)) {
					next = append(next, full)
				}
			}
		}
		dirs = next
	}
	slices.Sort(dirs)
	return dirs
}

func matchesName(pattern, name string) bool {
	if strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".") {
		return false
	}
	// glob(3) negates a class with "!" as well.
	ok, err := path.Match(strings.ReplaceAll(pattern, "[!", "[^"), name)
	return ok && err == nil
}
