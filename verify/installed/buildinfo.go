package installed

import (
	"debug/buildinfo"
	"io"
	"io/fs"
	"regexp"
	"runtime/debug"
	"slices"

	"github.com/plegctl/plegctl/verify/source"
)

// built returns the version that Go's linker wrote into the program.
func (p Program) built(fsys fs.FS) (version string, ok bool) {
	f, err := fsys.Open(source.InFS(p.Path))
	if err != nil {
		return "", false
	}
	// It was only read from.
	defer func() { _ = f.Close() }()
	at, ok := f.(io.ReaderAt)
	if !ok {
		return "", false
	}
	info, err := buildinfo.Read(at)
	if err != nil {
		return "", false
	}
	return p.release(info)
}

// release returns the version of one of the program's modules: of the main module where it
// was built from a tag, of a dependency in a program that holds several daemons (k3s).
func (p Program) release(info *debug.BuildInfo) (version string, ok bool) {
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if !slices.Contains(p.Modules, m.Path) {
			continue
		}
		if m.Replace != nil {
			m = m.Replace
		}
		// "(devel)", a pseudo-version and changed sources name no release.
		commit := regexp.MustCompile(`^\(|\d{14}-[0-9a-f]{12}|\+dirty`)
		return m.Version, m.Version != "" && !commit.MatchString(m.Version)
	}
	return "", false
}
