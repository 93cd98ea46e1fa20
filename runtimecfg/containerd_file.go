package runtimecfg

import (
	"reflect"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/source"
)

// containerdFile is one file of containerd; doc is nil for one that could not be decoded.
type containerdFile struct {
	path string
	data []byte
	kind source.Kind
	doc  *tomldoc.Doc
	// own are the keys of containerd's own struct that matter here.
	own struct {
		Version  int      `toml:"version"`
		Imports  []string `toml:"imports"`
		Disabled []string `toml:"disabled_plugins"`
	}
	// fold: containerd 2's library matches the keys of its own structs in any case; those
	// of containerd 1 and all plugin names must be exact.
	fold bool
}

// open decodes a file as containerd does. A text that it refuses leaves a file without doc.
func (c *containerdConfig) open(kind source.Kind, file source.File) *containerdFile {
	f := &containerdFile{path: file.Path, data: file.Data, kind: kind, fold: !c.rules.old}
	r := c.rules.reader()
	doc, _, err := r.read(f.data)
	switch {
	case err != nil && err.TooLarge:
		c.unread(f, source.At(kind, f.path, err.Line, err.Column), "not decoded: "+err.Reason)
		return f
	case err != nil:
		c.fatal(codeContainerdSyntax, source.At(kind, f.path, err.Line, err.Column), err.Reason, syntaxHint(f.data, err))
		return f
	case doc == nil:
		c.unread(f, source.At(kind, f.path, 0, 0), "containerd accepts it, but its lines cannot be distinguished here")
		return f
	}
	f.doc = doc
	if !c.checkTypes(f, c.top, c.topAt) {
		f.doc = nil
		return f
	}
	_ = r.decode(f.data, &f.own) // it was decoded into the same types above
	return f
}

// checkTypes decodes a file into types like containerd's own, and reports the first value of
// a wrong type. It is fatal where it is for the release, or for all of containerd 2 where
// the release is not known.
func (c *containerdConfig) checkTypes(f *containerdFile, typ reflect.Type, of func(column int) reflect.Type) bool {
	r := c.rules.reader()
	fails := func(typ reflect.Type) error { return r.decode(f.data, reflect.New(typ).Interface()) }
	err := fails(typ)
	if err == nil {
		return true
	}
	column, certain := c.keys.column(c.in.Version)
	for i, v := range c.keys.versions {
		if c.in.Version.IsZero() && v.Major > 1 {
			certain = certain && fails(of(i)) != nil
		}
	}
	where := r.placed(f.data, err)
	at := source.At(f.kind, f.path, where.Line, where.Column)
	if !certain {
		c.warn(codeContainerdType, source.Suspect, at, "containerd "+c.keys.versions[column].String()+" does not start with it: "+where.Reason, "")
		return true
	}
	c.fatal(codeContainerdType, at, where.Reason, "")
	return false
}

func (f *containerdFile) pos(offset int) source.Position {
	line, column := f.doc.Pos(offset)
	return source.At(f.kind, f.path, line, column)
}

// node finds a key of containerd's own structs.
func (f *containerdFile) node(names ...string) *tomldoc.Node {
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
func (f *containerdFile) plugin(name string) *tomldoc.Node {
	if table := child(f.node("plugins"), name); table != nil && table.IsTable() {
		return table
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

// list gives the elements of a list their positions.
func (f *containerdFile) list(name string, values []string) []source.Assignment[string] {
	n := f.node(name)
	var out []source.Assignment[string]
	for i, value := range values {
		at := source.At(f.kind, f.path, 0, 0)
		if n != nil && n.Value != nil && i < len(n.Value.Elems) {
			at = f.pos(n.Value.Elems[i].Offset())
		}
		out = append(out, source.Assignment[string]{Value: value, At: at})
	}
	return out
}
