package tomldoc

import (
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// No person writes a key of so many parts, and BurntSushi needs the square of their number
// (3 s for 50 keys of 900 parts). Such a text is not handed to a library.
const maxParts = 100

// build arranges the statements as a tree. A name that is already taken by a value keeps it.
func (d *Doc) build() error {
	d.Root = newTable("", nil, 0)
	table, above := d.Root, 0
	for i := range d.stmts {
		s := &d.stmts[i]
		switch s.kind {
		case keyStmt:
			if above+len(s.keys) > maxParts {
				return d.tooDeep(s)
			}
			d.put(table, s.keys, s.value, i)
		case tableStmt, arrayStmt:
			above = len(s.keys)
			if d.tables++; above > maxParts {
				return d.tooDeep(s)
			}
			table = enter(d.Root, s, i)
		}
	}
	return nil
}

func (d *Doc) tooDeep(s *stmt) error {
	err := d.errorAt(s.start, "a key of more than %d parts", maxParts)
	err.TooLarge = true
	return err
}

// enter is the table that a header opens.
func enter(root *Node, s *stmt, index int) *Node {
	table, last := root, s.keys[len(s.keys)-1]
	for _, k := range s.keys[:len(s.keys)-1] {
		table = table.into(k)
	}
	if s.kind == tableStmt {
		table = table.into(last)
		if table.header < 0 {
			table.header = index
		}
		return table
	}
	list := table.child(last.Name)
	if list == nil {
		list = newTable(last.Name, table, last.start)
		list.kind = arrayOfTables
		table.add(list)
	}
	elem := newTable(last.Name, table, last.start)
	list.elems = append(list.elems, elem)
	return elem
}

// put sets a possibly dotted key below a table.
func (d *Doc) put(table *Node, keys []Key, v *Value, index int) {
	for _, k := range keys[:len(keys)-1] {
		table = table.into(k)
	}
	last := keys[len(keys)-1]
	node := newTable(last.Name, table, last.start)
	node.Value, node.stmt = v, index
	if v.kind != unstable.InlineTable {
		node.kind = valueNode
	}
	d.countTables(v)
	table.add(node)
	for _, e := range v.Entries {
		d.put(node, e.Keys, e.Value, index)
	}
}

// countTables counts the inline tables that go-toml keeps one by one. Those inside of
// another are counted when they are put into the tree.
func (d *Doc) countTables(v *Value) {
	if v.kind == unstable.InlineTable {
		d.tables++
	}
	for _, elem := range v.Elems {
		d.countTables(elem)
		for i := range elem.Entries {
			d.countTables(elem.Entries[i].Value)
		}
	}
}

// into is the table below n that a key names; of an array of tables the last one. Where a
// value has the name, it is a table outside of the tree.
func (n *Node) into(k Key) *Node {
	kid := n.child(k.Name)
	if kid == nil {
		kid = newTable(k.Name, n, k.start)
		n.add(kid)
	}
	switch kid.kind {
	case tableNode:
		return kid
	case arrayOfTables:
		if len(kid.elems) > 0 {
			return kid.elems[len(kid.elems)-1]
		}
	}
	return newTable(k.Name, n, k.start)
}

// join is the path with one more name, in memory of its own.
func join(path []string, name string) []string {
	return append(path[:len(path):len(path)], name)
}

func dotted(path []string) string { return strings.Join(path, ".") }
