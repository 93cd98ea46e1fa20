package installed

import (
	"io/fs"
	"path"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

const dpkgDir = "/var/lib/dpkg"

// dpkg reads the packages of Debian and what is made from it: the file status, or one file a
// package in status.d (images without a package manager). Each is deb822 paragraphs, a
// version is "[epoch:]upstream-revision" (deb-version(7)).
func dpkg(fsys fs.FS, p Program) ([]pkg, error) {
	names, err := fs.ReadDir(fsys, source.InFS(dpkgDir+"/status.d"))
	texts := []source.File{source.ReadFile(fsys, dpkgDir+"/status")}
	if texts[0].Err != nil && err != nil {
		return nil, texts[0].Err
	}
	for _, entry := range names {
		if !strings.HasSuffix(entry.Name(), ".md5sums") {
			texts = append(texts, source.ReadFile(fsys, path.Join(dpkgDir, "status.d", entry.Name())))
		}
	}
	var found []pkg
	for _, f := range texts {
		for paragraph := range strings.SplitSeq(string(f.Data), "\n\n") {
			fields := map[string]string{"Status": "ok installed"} // status.d has no field for it
			for line := range strings.Lines(paragraph) {
				if key, value, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") {
					fields[key] = strings.TrimSpace(value)
				}
			}
			name, version := fields["Package"], fields["Version"]
			if !p.isNamed(name) || !strings.HasSuffix(fields["Status"], " installed") || version == "" {
				continue
			}
			if _, rest, ok := strings.Cut(version, ":"); ok {
				version = rest
			}
			found = append(found, pkg{name, version, p.inList(fsys, name, fields["Architecture"])})
		}
	}
	return found, nil
}

// inList reports whether a package's list of files has the program.
func (p Program) inList(fsys fs.FS, name, architecture string) bool {
	for _, list := range []string{"info/" + name + ".list", "info/" + name + ":" + architecture + ".list", "status.d/" + name + ".md5sums"} {
		f := source.ReadFile(fsys, path.Join(dpkgDir, list))
		if !f.Readable() {
			continue
		}
		for line := range strings.Lines(string(f.Data)) {
			if fields := strings.Fields(line); len(fields) > 0 && p.isAt(fields[len(fields)-1]) {
				return true
			}
		}
		return false
	}
	return p.Path == p.Usual
}
