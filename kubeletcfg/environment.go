package kubeletcfg

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// EnvironmentFile is a file that a unit reads variables from.
type EnvironmentFile struct {
	// Path is as written, without the leading "-"; it may hold a glob pattern.
	Path string
	// Optional tells that systemd starts the unit without the file too.
	Optional bool
	Place    Place
}

// EnvironmentFiles lists the files of EnvironmentFile=, in the order in which systemd
// reads them; later ones win.
func (u Unit) EnvironmentFiles() []EnvironmentFile {
	var out []EnvironmentFile
	for _, value := range u.all("EnvironmentFile") {
		path, optional := strings.CutPrefix(value.String(), "-")
		out = append(out, EnvironmentFile{path, optional, value.place()})
	}
	return out
}

// EnvironmentOf gives the variables that systemd would start the unit's process with, as
// far as the unit sets them: Environment=, then the files of EnvironmentFile=, which win,
// less UnsetEnvironment=. files holds what the caller read, keyed by
// [EnvironmentFile.Path]; several for a pattern, none for a file that is not there.
func (u Unit) EnvironmentOf(files map[string][]TextFile) []Variable {
	var out []Variable
	set := func(v Variable) {
		out = slices.DeleteFunc(out, func(old Variable) bool { return old.Name == v.Name })
		out = append(out, v)
	}
	for _, line := range u.all("Environment") {
		words, _ := splitWords(line, assignWords)
		for _, word := range words {
			equals := bytes.IndexByte(word.bytes, '=')
			if equals < 0 || !variableName(string(word.bytes[:equals])) {
				continue
			}
			value := word.cut(equals+1, len(word.bytes)).percents()
			set(Variable{string(word.bytes[:equals]), value.String(), word.place(), value})
		}
	}
	for _, file := range u.EnvironmentFiles() {
		for _, text := range files[file.Path] {
			for _, v := range ParseEnvironmentFile(text) {
				set(v)
			}
		}
	}
	for _, line := range u.all("UnsetEnvironment") {
		words, _ := splitWords(line, assignWords)
		for _, word := range words {
			out = slices.DeleteFunc(out, func(v Variable) bool {
				return v.Name == word.String() || v.Name+"="+v.Value == word.String()
			})
		}
	}
	return out
}

// missingFiles tells which environment files are needed and not there: systemd does not
// start the unit then.
func (u Unit) missingFiles(files map[string][]TextFile) []Problem {
	var out []Problem
	for _, file := range u.EnvironmentFiles() {
		if len(files[file.Path]) == 0 && !file.Optional {
			out = append(out, Problem{
				Code: CodeNoEnvironmentFile, Fatal: true, Pos: file.Place,
				Text: fmt.Sprintf("the unit needs the environment file %s, which is not there", file.Path),
				Hint: "create the file, or write EnvironmentFile=-" + file.Path,
			})
		}
	}
	return out
}
