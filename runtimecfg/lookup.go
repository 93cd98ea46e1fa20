package runtimecfg

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// LookupFS looks imports up in a file system whose root is the node's root folder.
func LookupFS(fsys fs.FS) Lookup {
	return func(pattern string) ([]source.File, error) {
		pattern = strings.TrimPrefix(pattern, "/")
		if !strings.Contains(pattern, "*") {
			if _, err := fs.Stat(fsys, pattern); errors.Is(err, fs.ErrNotExist) {
				return nil, nil
			}
			return []source.File{sourceOf(fsys, pattern)}, nil
		}
		names, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, err
		}
		var out []source.File
		for _, name := range names {
			out = append(out, sourceOf(fsys, name))
		}
		return out, nil
	}
}

func sourceOf(fsys fs.FS, name string) source.File {
	data, err := fs.ReadFile(fsys, name)
	return source.File{Path: "/" + name, Data: data, Err: err}
}
