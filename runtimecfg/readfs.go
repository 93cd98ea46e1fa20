package runtimecfg

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// ReadFS returns the inputs with the files that the runtime reads when it is started in this
// way, and those of its usual places that it does not read. The root of fsys is that of the
// node; an error of a file is in the file.
func ReadFS(fsys fs.FS, runtime known.RuntimeName, in Inputs) Inputs {
	r := fsReader{fsys: fsys}
	in.Files = nil
	paths := PathsOf(runtime, in)
	info := infoOf(runtime)
	for _, name := range []string{paths.Config, info.Config} {
		r.file(name)
	}
	for _, dir := range []string{paths.DropInDir, info.DropInDir, path.Join(info.Dir, "conf.d")} {
		r.below(dir)
	}
	rules, _ := rulesOf(runtime).(interface {
		// patterns are the files that the ones read so far import.
		patterns(in Inputs, paths Paths) []string
	})
	for rules != nil {
		in.Files = r.files
		before := len(r.files)
		for _, pattern := range rules.patterns(in, paths) {
			r.glob(pattern)
		}
		if len(r.files) == before {
			break
		}
	}
	in.Files = r.files
	return in
}

type fsReader struct {
	fsys  fs.FS
	files []source.File
}

// file reads a file that exists, once.
func (r *fsReader) file(name string) {
	if name == "" || slices.ContainsFunc(r.files, func(f source.File) bool { return f.Path == name }) {
		return
	}
	if f := source.ReadFile(r.fsys, name); !f.Missing() {
		r.files = append(r.files, f)
	}
}

// below reads all files of a directory and below it. Like filepath.Walk, it does not follow
// links to directories, and a directory that cannot be listed is a file with that error.
func (r *fsReader) below(dir string) {
	if dir == "" {
		return
	}
	_ = fs.WalkDir(r.fsys, source.InFS(dir), func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			r.files = append(r.files, source.File{Path: "/" + name, Err: err})
		case !entry.IsDir():
			r.file("/" + name)
		}
		return nil
	})
}

func (r *fsReader) glob(pattern string) {
	if !strings.Contains(pattern, "*") {
		r.file(pattern)
		return
	}
	if _, err := fs.ReadDir(r.fsys, source.InFS(path.Dir(pattern))); err != nil && !strings.Contains(path.Dir(pattern), "*") && !errors.Is(err, fs.ErrNotExist) {
		if dir := path.Dir(pattern); !slices.ContainsFunc(r.files, func(f source.File) bool { return f.Path == dir }) {
			r.files = append(r.files, source.File{Path: dir, Err: err})
		}
		return
	}
	names, _ := fs.Glob(r.fsys, source.InFS(pattern)) // a bad pattern is reported by Effective
	for _, name := range names {
		r.file("/" + name)
	}
}
