// Package docs carries the pages that `plegctl explain` prints without a network: one for
// each check, known issue, state, rung, probe verdict, risk and exit code.
package docs

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed checks/*.md
var pages embed.FS

// prefixes returns what a file's name may begin with that is not part of the page's name.
func prefixes() []string { return []string{"state-", "rung-", "verdict-", "risk-", "exit-"} }

// Page returns the page of a name and the name of its file in docs/checks; "" if there is
// none. The case of letters does not matter.
func Page(name string) (text, file string) {
	files := []string{strings.ToUpper(name)}
	for _, prefix := range prefixes() {
		files = append(files, prefix+strings.ToLower(name))
	}
	for _, file := range append(files, strings.ToLower(name)) {
		if text, err := pages.ReadFile("checks/" + file + ".md"); err == nil {
			return string(text), file + ".md"
		}
	}
	return "", ""
}

// Names lists the names of all pages, sorted: codes in capitals come first.
func Names() []string {
	files, _ := fs.Glob(pages, "checks/*.md")
	names := make([]string, 0, len(files))
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "checks/"), ".md")
		for _, prefix := range prefixes() {
			name = strings.TrimPrefix(name, prefix)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
