package start

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/plegctl/plegctl/verify/source"
)

// tree is a node's files by path; a value "-> TARGET" is a symbolic link.
type tree map[string]string

func (t tree) follow(name string) string {
	for range 8 {
		target, ok := t.Link(name)
		if !ok {
			return name
		}
		if !path.IsAbs(target) {
			target = path.Join(path.Dir(name), target)
		}
		name = target
	}
	return name
}

func (t tree) Read(name string) source.File {
	text, ok := t[t.follow(name)]
	if !ok {
		return source.File{Path: name, Err: fs.ErrNotExist}
	}
	return source.File{Path: name, Data: []byte(text)}
}

func (t tree) Head(name string, n int) ([]byte, error) {
	f := t.Read(name)
	return f.Data[:min(n, len(f.Data))], f.Err
}

func (t tree) List(dir string) []string {
	var names []string
	for name := range t {
		if rest, ok := strings.CutPrefix(name, strings.TrimSuffix(dir, "/")+"/"); ok {
			first, _, _ := strings.Cut(rest, "/")
			names = append(names, first)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (t tree) Link(name string) (string, bool) {
	return strings.CutPrefix(t[name], "-> ")
}

// archive reads a tree from a txtar archive; a line of a file "-> TARGET" is a link.
func archive(tb testing.TB, data []byte) tree {
	tb.Helper()
	t := tree{}
	for _, f := range txtar.Parse(data).Files {
		text := string(f.Data)
		if strings.HasPrefix(text, "-> ") {
			text = strings.TrimSpace(text)
		}
		t[f.Name] = text
	}
	return t
}
