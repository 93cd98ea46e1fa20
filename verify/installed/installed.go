// Package installed finds the version of a program in the file system of a node or an image,
// without running it: in the build information inside of a Go program, or in the database of
// the package that installed the very program (dpkg, apk, rpm). Start with [Version].
package installed

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Program is a program of the node.
type Program struct {
	// Path is the program's path.
	Path string
	// Usual is the path at which its packages install it, for a database without lists of files.
	Usual string
	// Packages are the names of its packages, without the version that some have in it
	// ("cri-o1.33", "kubernetes1.34"). A package of another name has a version of its own.
	Packages []string
	// Modules are the Go modules that have its version.
	Modules []string
}

// Version returns the version as it is written, and who tells it. The error says why it is
// not known.
func Version(fsys fs.FS, p Program) (version, from string, err error) {
	if version, ok := p.built(fsys); ok {
		return version, "build information of " + p.Path, nil
	}
	var reasons []string
	for _, db := range []struct {
		title    string
		packages func(fs.FS, Program) ([]pkg, error)
	}{{"dpkg", dpkg}, {"apk", apk}, {"rpm", rpm}} {
		found, err := db.packages(fsys, p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			reasons = append(reasons, fmt.Sprintf("the database of %s cannot be read: %v", db.title, err))
			continue
		}
		why := fmt.Sprintf("%s has no package %s", db.title, strings.Join(p.Packages, " or "))
		for _, one := range found {
			if one.owner {
				return one.version, db.title + ", package " + one.name, nil
			}
			why = fmt.Sprintf("the package %s of %s is another program than %s", one.name, db.title, p.Path)
		}
		reasons = append(reasons, why)
	}
	if len(reasons) == 0 {
		reasons = []string{"no database of packages (dpkg, apk, rpm) tells the version of " + p.Path}
	}
	return "", "", errors.New(strings.Join(reasons, "; "))
}

// pkg is an installed package with the name of one of the program's.
type pkg struct {
	name, version string
	// owner reports whether it installed the very program.
	owner bool
}

// isNamed reports whether a package has one of the program's names.
func (p Program) isNamed(name string) bool {
	return slices.Contains(p.Packages, regexp.MustCompile(`\d+(\.\d+)+`).ReplaceAllString(name, ""))
}

// isAt reports whether a path is the program's: with a merged /usr, /bin/x and /usr/bin/x are
// one file.
func (p Program) isAt(name string) bool {
	name = path.Join("/", name)
	return name == p.Path || path.Join("/usr", name) == p.Path || name == path.Join("/usr", p.Path)
}
