package tomldoc

import (
	"maps"
	"strconv"
	"strings"
)

// meaning is a document as a flat map: the path of each value to its text, and of each
// table to a mark. Comparing texts has no trouble with nan or with times.
type meaning map[string]string

const tableMark = "{}"

func (d *Doc) meaning() meaning {
	m := meaning{}
	d.flatten(m, "", d.Root)
	return m
}

func (d *Doc) flatten(m meaning, id string, n *Node) {
	switch n.kind {
	case valueNode:
		m[id] = string(d.src[n.Value.start:n.Value.end])
	case arrayOfTables:
		for i, elem := range n.elems {
			d.flatten(m, id+"#"+strconv.Itoa(i)+";", elem)
		}
	case tableNode:
		m[id] = tableMark
		for _, kid := range n.order {
			d.flatten(m, id+pathID([]string{kid.Name}), kid)
		}
	}
}

// meansPlus: after must mean d with the value at path, and the tables on the way.
func (d *Doc) meansPlus(after *Doc, path []string, text string) bool {
	want := d.meaning()
	for i := range path {
		want[pathID(path[:i])] = tableMark
	}
	want[pathID(path)] = text
	return maps.Equal(want, after.meaning()) && d.decodesTo(after, path, text == "true", true)
}

// meansMinus: after must mean d without the value at path. Tables on the way may be gone
// when nothing else was in them.
func (d *Doc) meansMinus(after *Doc, path []string) bool {
	want, got := d.meaning(), after.meaning()
	delete(want, pathID(path))
	for i := len(path) - 1; i > 0; i-- {
		id := pathID(path[:i])
		if _, ok := got[id]; ok || anyBelow(want, id) {
			break
		}
		delete(want, id)
	}
	return maps.Equal(want, got) && d.decodesTo(after, path, false, false)
}

func anyBelow(m meaning, id string) bool {
	for other := range m {
		if len(other) > len(id) && strings.HasPrefix(other, id) {
			return true
		}
	}
	return false
}
