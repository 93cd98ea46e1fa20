package tomldoc

import "strings"

type nodeKind int

const (
	tableNode nodeKind = iota
	arrayOfTables
	valueNode
)

// Node is a table, an array of tables, or a value, with the places that define it.
type Node struct {
	// Name is the key as it is read, quotes and escapes resolved.
	Name string
	// Value is set for values, and for tables that are written inline.
	Value *Value

	kind   nodeKind
	parent *Node
	kids   map[string]*Node
	order  []*Node
	elems  []*Node
	// at is where the key was first written.
	at int
	// header is the index of the statement [table] that defines it, or -1.
	header int
	// stmt is the index of the statement that holds the value, or -1.
	stmt int
}

func newTable(name string, parent *Node, at int) *Node {
	return &Node{Name: name, parent: parent, at: at, header: -1, stmt: -1}
}

func (n *Node) child(name string) *Node { return n.kids[name] }

func (n *Node) add(kid *Node) {
	if n.kids == nil {
		n.kids = map[string]*Node{}
	}
	if n.kids[kid.Name] == nil {
		n.kids[kid.Name] = kid
		n.order = append(n.order, kid)
	}
}

// Offset is the byte at which the node's key was first written.
func (n *Node) Offset() int { return n.at }

// IsTable reports whether it is a table, inline or not.
func (n *Node) IsTable() bool { return n.kind == tableNode }

// Type names the node's type as the readers' errors do.
func (n *Node) Type() string {
	if n.kind == valueNode {
		return n.Value.Type()
	}
	if n.kind == arrayOfTables {
		return "array"
	}
	return "table"
}

// Kids are the nodes below a table, in the order of the text.
func (n *Node) Kids() []*Node { return n.order }

// Path is the names from the root to the node.
func (n *Node) Path() []string {
	if n.parent == nil {
		return nil
	}
	return append(n.parent.Path(), n.Name)
}

// Find returns the nodes at a path. With fold, keys match in any case as they do for a Go
// struct (strings.EqualFold), so that there may be more than one.
// The second result is a node on the way that is not a table.
func (d *Doc) Find(fold bool, path ...string) (found []*Node, blocked *Node) {
	level := []*Node{d.Root}
	for _, name := range path {
		var next []*Node
		for _, n := range level {
			if !n.IsTable() {
				return nil, n
			}
			next = append(next, n.named(name, fold)...)
		}
		level = next
	}
	return level, nil
}

func (n *Node) named(name string, fold bool) []*Node {
	if !fold {
		if kid := n.child(name); kid != nil {
			return []*Node{kid}
		}
		return nil
	}
	var out []*Node
	for _, kid := range n.order {
		if kid.Name == name || strings.EqualFold(kid.Name, name) {
			out = append(out, kid)
		}
	}
	return out
}
