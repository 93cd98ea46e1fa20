package start

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// files are the files of a node. All paths are absolute, as the node sees them.
type files struct{ fs.FS }

func (f files) read(name string) source.File { return source.ReadFile(f.FS, name) }

// head returns the first bytes of a file: programs are not read as a whole.
func (f files) head(name string, n int) []byte {
	file, err := f.Open(source.InFS(name))
	if err != nil {
		return nil
	}
	// It was only read from.
	defer func() { _ = file.Close() }()
	head := make([]byte, n)
	got, _ := io.ReadFull(file, head)
	return head[:got]
}

// list returns the names in a directory, sorted; none where it cannot be read.
func (f files) list(dir string) []string {
	entries, _ := fs.ReadDir(f.FS, source.InFS(dir))
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return names
}

// link returns the target of a symbolic link as it is written; false for anything else.
func (f files) link(name string) (string, bool) {
	target, err := fs.ReadLink(f.FS, source.InFS(name))
	return target, err == nil
}

// exists reports whether a file is there and is not a directory; one without read permission is.
func (f files) exists(name string) bool {
	info, err := fs.Stat(f.FS, source.InFS(name))
	return err == nil && !info.IsDir() || errors.Is(err, fs.ErrPermission)
}

func (f files) isDir(name string) bool {
	info, err := fs.Stat(f.FS, source.InFS(name))
	return err == nil && info.IsDir()
}

// passwd returns a field of a user, whose name or number is given; "" where it is not there.
func (f files) passwd(user string, field int) string {
	for line := range strings.Lines(string(f.read("/etc/passwd").Data)) {
		if fields := strings.Split(strings.TrimSpace(line), ":"); len(fields) > field && (fields[0] == user || fields[2] == user) {
			return fields[field]
		}
	}
	return ""
}

// glob lists the files that match a pattern as glob(3) does: sorted, and a wildcard does not
// match the dot of a hidden file.
func glob(files files, pattern string) []string {
	if !strings.ContainsAny(pattern, `*?[\`) {
		if files.exists(pattern) {
			return []string{pattern}
		}
		return nil
	}
	dirs := []string{"/"}
	parts := strings.Split(strings.Trim(path.Clean(pattern), "/"), "/")
	for i, part := range parts {
		var next []string
		for _, dir := range dirs {
			for _, name := range files.list(dir) {
				full := path.Join(dir, name)
				if matchesName(part, name) && (i+1 < len(parts) || files.exists(full)) {
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
