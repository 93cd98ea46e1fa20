package runtimecfg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/source"
)

// crioFile is one file while it is applied.
type crioFile struct {
	*crioConfig
	kind source.Kind
	file source.File
	// doc is nil where our scanner stumbles over a text that CRI-O accepts: values then
	// have no line.
	doc *tomldoc.Doc
}

func (f *crioFile) apply() {
	doc, all, err := burntSushi().read(f.file.Data)
	if err != nil {
		f.refused(err)
		return
	}
	f.doc = doc
	f.checkTypes()
	f.podEvents(all)
	f.programs(all)
	f.lint(all)
	f.lenient()
}

// podEvents applies every spelling that CRI-O takes for the setting.
func (f *crioFile) podEvents(all map[string]any) {
	path := strings.Split(f.setting.String(), ".")
	if f.known {
		f.collect(all, path)
		return
	}
	for _, hit := range lookup(all, path) {
		f.problem(codeCRIOTooOld, source.Ignored, f.at(hit.path), "CRI-O "+f.in.Version.String()+" does not know "+f.setting.Key+" and ignores it", f.needs())
	}
}

// hit is a value in a decoded document, with the path as it is written there.
type hit struct {
	path  []string
	value any
}

// lookup finds a path as CRI-O does: its TOML library takes a key for a struct field in any
// case, so that there may be more than one.
func lookup(table map[string]any, path []string) []hit {
	var hits []hit
	for name, value := range table {
		if !strings.EqualFold(name, path[0]) {
			continue
		}
		if len(path) == 1 {
			hits = append(hits, hit{[]string{name}, value})
			continue
		}
		if below, ok := value.(map[string]any); ok {
			for _, h := range lookup(below, path[1:]) {
				hits = append(hits, hit{append([]string{name}, h.path...), h.value})
			}
		}
	}
	return hits
}

// collect applies the values of the setting. Two spellings with different values are a game of
// chance: the library goes through a Go map.
func (f *crioFile) collect(all map[string]any, path []string) {
	var found []source.Assignment[bool]
	for _, h := range lookup(all, path) {
		value, ok := h.value.(bool)
		if !ok {
			continue // checkTypes reports it
		}
		at := f.at(h.path)
		found = append(found, source.Assignment[bool]{Value: value, At: at})
		if !slices.Equal(h.path, path) {
			f.problem(codeCRIOCase, source.Suspect, at, "written "+strings.Join(h.path, ".")+", which works only because CRI-O ignores the case of its keys",
				"write "+strings.Join(path, "."))
		}
	}
	slices.SortFunc(found, func(a, b source.Assignment[bool]) int { return a.At.Compare(b.At) })
	for _, a := range found {
		f.override(a)
	}
	if slices.ContainsFunc(found, func(a source.Assignment[bool]) bool { return a.Value != found[0].Value }) {
		f.PodEvents.Known = false
		key := path[len(path)-1]
		f.problem(codeCRIORandom, source.Suspect, found[len(found)-1].At,
			fmt.Sprintf("%s is set %d times in different spellings, with different values; CRI-O takes one at random at each start", key, len(found)),
			"keep one of them, written "+key)
	}
}

// at is the position of a key.
func (f *crioFile) at(path []string) source.Position {
	if f.doc != nil {
		if nodes, _ := f.doc.Find(false, path...); len(nodes) > 0 {
			line, column := f.doc.Pos(nodes[0].Offset())
			return source.At(f.kind, f.file.Path, line, column)
		}
	}
	return source.At(f.kind, f.file.Path, 0, 0)
}

// refused reports a text that CRI-O does not accept, in its words.
func (f *crioFile) refused(err *tomldoc.Error) {
	at := source.At(f.kind, f.file.Path, err.Line, err.Column)
	if err.TooLarge {
		f.PodEvents.Known = false
		f.problem(codeCRIOUnread, source.Unread, at, "not decoded: "+err.Reason, "ask CRI-O itself: crio config")
		return
	}
	f.problem(codeCRIOSyntax, source.Fatal, at, err.Reason, syntaxHint(f.file.Data, err))
}

func (f *crioFile) problem(code source.Code, effect source.Effect, at source.Position, message, hint string) {
	f.report(source.Problem{Code: code, Effect: effect, At: at, Message: message, Hint: hint})
}
