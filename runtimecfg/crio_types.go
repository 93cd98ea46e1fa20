package runtimecfg

import (
	"reflect"
	"slices"
	"strings"

	burnt "github.com/BurntSushi/toml"
	"github.com/plegctl/plegctl/verify/source"
)

// checkTypes reports every value of a type that CRI-O does not start with. CRI-O's library
// stops at the first one, in random order; here each key is decoded by it on its own.
func (f *crioFile) checkTypes() {
	if _, err := burnt.Decode(string(f.file.Data), reflect.New(f.typ).Interface()); err == nil {
		return
	}
	var tables map[string]burnt.Primitive
	md, err := burnt.Decode(string(f.file.Data), &tables)
	if err != nil {
		return
	}
	check := typeCheck{file: f, md: md}
	check.column, check.listed = f.keys.column(f.in.Version)
	before := len(f.Problems)
	check.table(tables, f.keys.root, nil)
	slices.SortStableFunc(f.Problems[before:], func(a, b source.Problem) int { return a.At.Compare(b.At) })
}

type typeCheck struct {
	file   *crioFile
	md     burnt.MetaData
	column int
	listed bool
}

func (c *typeCheck) table(values map[string]burnt.Primitive, n *keyNode, path []string) {
	for name, value := range values {
		if kid := c.kid(n, name); kid != nil {
			c.value(value, kid, append(slices.Clone(path), name))
		}
	}
}

// kid is the key that CRI-O's library takes a name for: that of the same case, else of another.
func (c *typeCheck) kid(n *keyNode, name string) *keyNode {
	if kid := n.kid(name); kid != nil {
		return kid
	}
	for _, kid := range n.kids {
		if kid.name == "*" || strings.EqualFold(kid.name, name) {
			return kid
		}
	}
	return nil
}

func (c *typeCheck) value(value burnt.Primitive, n *keyNode, path []string) {
	typ := n.goType(c.column, nil)
	if typ == nil {
		return
	}
	if len(n.kids) == 0 {
		if err := c.md.PrimitiveDecode(value, reflect.New(typ).Interface()); err != nil {
			c.wrong(err, n, path)
		}
		return
	}
	if typ.Kind() == reflect.Struct {
		if err := c.md.PrimitiveDecode(value, &struct{}{}); err != nil {
			c.wrong(err, n, path)
			return
		}
	}
	var below map[string]burnt.Primitive
	if c.md.PrimitiveDecode(value, &below) == nil {
		c.table(below, n, path)
	}
}

func (c *typeCheck) wrong(err error, n *keyNode, path []string) {
	f := c.file
	effect, message := source.Fatal, plainWords(err)
	if key := path[len(path)-1]; !strings.EqualFold(key, f.setting.Key) && (!c.listed || f.in.Version.IsZero() && !n.stable()) {
		version := f.keys.versions[c.column]
		effect, message = source.Suspect, "CRI-O "+version.String()+" does not start with it: "+message
	}
	f.problem(codeCRIOType, effect, f.at(path), message, f.typeHint(n, path))
}

// typeHint shows how the value is written.
func (f *crioFile) typeHint(n *keyNode, path []string) string {
	key := path[len(path)-1]
	if len(n.kids) > 0 {
		return "write [" + strings.Join(path, ".") + "] as a table header of its own"
	}
	raw := ""
	if f.doc != nil {
		if nodes, _ := f.doc.Find(false, path...); len(nodes) > 0 && nodes[0].Value != nil && !nodes[0].IsTable() {
			raw = nodes[0].Value.Raw(f.file.Data)
		}
	}
	switch n.letters[len(n.letters)-1] {
	case 'b':
		return spellBool(key, raw)
	case 's':
		return "write " + key + " = \"…\""
	case 'l':
		return "write " + key + " = [\"…\"]"
	case 'i', 'u':
		if plain := strings.Trim(raw, `"'`); plain != raw && strings.Trim(plain, "0123456789") == "" && plain != "" {
			return "write " + key + " = " + plain
		}
		return "write " + key + " = NUMBER, without quotes"
	}
	return ""
}
