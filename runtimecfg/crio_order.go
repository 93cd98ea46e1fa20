package runtimecfg

import (
	"path"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// walkOrder sorts files as CRI-O's filepath.Walk meets them: name by name at each level, so
// that all of the directory 10-sub comes before 20-a.conf, and 100-x before 99-x.
func walkOrder(files []source.File) []source.File {
	sorted := slices.Clone(files)
	slices.SortStableFunc(sorted, func(a, b source.File) int {
		return slices.Compare(strings.Split(a.Path, "/"), strings.Split(b.Path, "/"))
	})
	return sorted
}

// leftoverEndings are what editors and package managers put behind a file's name.
func leftoverEndings() []string {
	return []string{
		"~", ".bak", ".backup", ".old", ".orig", ".save", ".swp", ".swo", ".swn", ".tmp", ".temp", ".disabled",
		".rpmsave", ".rpmnew", ".rpmorig", ".dpkg-old", ".dpkg-new", ".dpkg-dist", ".dpkg-bak", ".dpkg-tmp", ".ucf-old", ".ucf-dist", ".ucf-new",
	}
}

// isLeftover reports a name that a person would not take for a configuration file: a
// backup, an editor's or a package manager's file.
func isLeftover(name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "#") {
		return true
	}
	for _, ending := range leftoverEndings() {
		if strings.HasSuffix(base, ending) {
			return true
		}
	}
	return false
}

// leftover warns of such a file: CRI-O reads every file below its drop-in directory (cri-o
// v1.36.3 pkg/config/config.go UpdateFromPath).
func (c *crioConfig) leftover(src source.File) {
	if !isLeftover(src.Path) {
		return
	}
	c.report(source.Problem{
		Code: codeCRIOLeftover, Effect: source.Suspect, At: source.At(source.DropIn, src.Path, 0, 0),
		Message: "looks like a leftover, but CRI-O reads every file below its drop-in directory, and this one overrides those before it",
		Hint:    "move it out of the directory, or delete it",
	})
}
