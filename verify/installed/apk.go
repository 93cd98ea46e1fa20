package installed

import (
	"io/fs"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// apk reads the packages of Alpine: paragraphs of lines "LETTER:VALUE", of which P is the
// name, V the version, F a directory and R a file in it (apk-installed(5)).
func apk(fsys fs.FS, p Program) (found []pkg, err error) {
	f := source.ReadFile(fsys, "/lib/apk/db/installed")
	if f.Missing() { // apk-tools 3 with a merged /usr
		f = source.ReadFile(fsys, "/usr/lib/apk/db/installed")
	}
	for paragraph := range strings.SplitSeq(string(f.Data), "\n\n") {
		var one pkg
		var dir string
		for line := range strings.Lines(paragraph) {
			switch key, value, _ := strings.Cut(strings.TrimSpace(line), ":"); key {
			case "P":
				one.name = value
			case "V":
				one.version = value
			case "F":
				dir = value
			case "R":
				one.owner = one.owner || p.isAt(dir+"/"+value)
			}
		}
		if p.isNamed(one.name) {
			found = append(found, one)
		}
	}
	return found, f.Err
}
