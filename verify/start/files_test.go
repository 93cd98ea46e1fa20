package start

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/plegctl/plegctl/verify/source"
)

// tree is a node's files by path; a value "-> TARGET" is a symbolic link.
type tree map[string]string

func (t tree) follow(name string) string {
	for range 8 {
		target, ok := t.link(name)
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

// fs returns the files without the links, which are followed.
func (t tree) fs() fstest.MapFS {
	all := fstest.MapFS{}
	for name := range t {
		if text, ok := t[t.follow(name)]; ok {
			all[source.InFS(name)] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return all
}

func (t tree) Open(name string) (fs.File, error) {
	return t.fs().Open(source.InFS(t.follow("/" + name)))
}

func (t tree) ReadFile(name string) ([]byte, error) {
	text, ok := t[t.follow("/"+name)]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

func (t tree) Lstat(name string) (fs.FileInfo, error) { return fs.Stat(t, name) }

func (t tree) ReadLink(name string) (string, error) {
	if target, ok := t.link("/" + name); ok {
		return target, nil
	}
	return "", fs.ErrInvalid
}

func (t tree) link(name string) (string, bool) { return strings.CutPrefix(t[name], "-> ") }

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
