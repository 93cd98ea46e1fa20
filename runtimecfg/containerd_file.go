package runtimecfg

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/source"
)

// containerdFile is one parsed file; doc is nil for one that could not be read.
type containerdFile struct {
	path    string
	kind    source.Kind
	doc     *tomldoc.Doc
	version int
	// fold: containerd 2's reader matches the keys of its own structs in any case; those
	// of containerd 1 and all plugin names must be exact.
	fold bool
}

func (f containerdFile) pos(offset int) source.Position {
	line, column := f.doc.Pos(offset)
	return source.At(f.kind, f.path, line, column)
}

// own finds a key of containerd's own structs.
func (f containerdFile) own(names ...string) *tomldoc.Node {
	if f.doc == nil {
		return nil
	}
	nodes, _ := f.doc.Find(f.fold, names...)
	if len(nodes) == 0 {
		return nil
	}
	return nodes[len(nodes)-1]
}

// plugin finds the table of a plugin, whose name must be exact.
func (f containerdFile) plugin(name string) *tomldoc.Node {
	plugins := f.own("plugins")
	if plugins == nil {
		return nil
	}
	for _, kid := range plugins.Kids() {
		if kid.Name == name && kid.IsTable() {
			return kid
		}
	}
	return nil
}

func child(table *tomldoc.Node, name string) *tomldoc.Node {
	if table == nil {
		return nil
	}
	for _, kid := range table.Kids() {
		if kid.Name == name {
			return kid
		}
	}
	return nil
}

// versionOf is the version line of a file; 0 when it has none.
func (l *loader) versionOf(f containerdFile) int {
	n := f.own("version")
	if n == nil {
		return 0
	}
	if n.Value != nil && !n.IsTable() {
		if v, ok := n.Value.Int(); ok {
			return v
		}
	}
	l.fatal(ContainerdType, f.pos(n.Offset()), "version is "+aType(n.Type())+", not an integer; containerd does not start", "write `version = 2`, without quotes")
	return 0
}

// stringList reads a top-level array of strings with the place of each element.
func (l *loader) stringList(f containerdFile, name string) []source.Assignment[string] {
	n := f.own(name)
	if n == nil {
		return nil
	}
	if n.IsTable() || n.Value == nil || !n.Value.IsArray() {
		l.fatal(ContainerdType, f.pos(n.Offset()), fmt.Sprintf("%s is %s, not a list; containerd does not start", name, aType(n.Type())), "write "+name+" = [\"...\"]")
		return nil
	}
	var out []source.Assignment[string]
	for _, e := range n.Value.Elems {
		text, ok := e.Text()
		if !ok {
			l.fatal(ContainerdType, f.pos(e.Offset()), fmt.Sprintf("%s holds %s, not only strings; containerd does not start", name, aType(e.Type())), "")
			continue
		}
		out = append(out, source.Assignment[string]{Value: text, At: f.pos(e.Offset())})
	}
	return out
}

// aType puts the article before a type's name.
func aType(typ string) string {
	if strings.HasPrefix(typ, "a") || strings.HasPrefix(typ, "i") {
		return "an " + typ
	}
	return "a " + typ
}
