// Package docs carries the pages that `plegctl explain` prints without a network: one for
// each check, each state and each rung. The files are the
// source; nothing is generated from code.
package docs

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed checks/*.md
var pages embed.FS

// Page is the page of a code, a state or a rung, and whether there is one. The case of
// letters does not matter.
func Page(name string) (string, bool) {
	for _, file := range []string{strings.ToUpper(name), "state-" + strings.ToLower(name), "rung-" + strings.ToLower(name)} {
		if text, err := pages.ReadFile("checks/" + file + ".md"); err == nil {
			return string(text), true
		}
	}
	return "", false
}

// Names lists what [Page] knows, sorted: codes in capitals, then rungs and states.
func Names() []string {
	files, _ := fs.Glob(pages, "checks/*.md")
	names := make([]string, 0, len(files))
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "checks/"), ".md")
		for _, kind := range []string{"state-", "rung-"} {
			name = strings.TrimPrefix(name, kind)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
