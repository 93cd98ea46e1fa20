// Package docs carries the pages that `plegctl explain` prints without a network: one for
// each check, known issue, state, rung, probe verdict, risk and exit code, and one with all
// problems of a configuration.
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

// problemsPage has a section for each problem code.
const problemsPage = "problems"

// Page returns the page of a name and where it is in docs/checks; "" if there is none. The
// case of letters does not matter.
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
	for _, section := range problems() {
		if code, body, _ := strings.Cut(section, "\n"); strings.EqualFold(code, name) {
			return "# " + code + "\n" + body, problemsPage + ".md#" + strings.ToLower(code)
		}
	}
	return "", ""
}

// problems returns the sections of the page of problem codes, each without its mark.
func problems() []string {
	page, _ := pages.ReadFile("checks/" + problemsPage + ".md")
	return strings.Split(string(page), "\n## ")[1:]
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
	for _, section := range problems() {
		code, _, _ := strings.Cut(section, "\n")
		names = append(names, code)
	}
	slices.Sort(names)
	return names
}
