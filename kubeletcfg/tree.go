package kubeletcfg

import "slices"

// nodeKind is the shape of a node.
type nodeKind int

const (
	scalarNode nodeKind = iota
	mappingNode
	sequenceNode
	aliasNode
)

// node is a value in the text with its offsets. It knows where things are, not what they
// mean: the meaning comes from the kubelet's own parser (see decode.go).
type node struct {
	kind nodeKind
	// flow reports whether a mapping is written in braces. In JSON all are.
	flow bool
	// start is the first byte, tag and anchor included; body is past them.
	start, body int
	// end is one past the last byte; -1 where it is not known (block scalars, plain
	// scalars over several lines, sequences and block mappings of YAML).
	end     int
	entries []entry
	items   []*node // of a sequence
	// lastOf is the index of the last entry of each key; nil until it is needed.
	lastOf map[string]int
}

// entry is one key of a mapping.
type entry struct {
	key              string
	keyStart, keyEnd int
	// odd reports whether the key is a map or a list.
	odd bool
	// merge reports whether the key is YAML's "<<".
	merge bool
	value *node
}

// all returns the entries with the key, in order.
func (n *node) all(key string) []entry {
	var found []entry
	if n == nil {
		return nil
	}
	for _, e := range n.entries {
		if e.key == key && !e.merge {
			found = append(found, e)
		}
	}
	return found
}

// last returns the last entry with the key: the one that counts among duplicates.
func (n *node) last(key string) (entry, bool) {
	if n == nil {
		return entry{}, false
	}
	if n.lastOf == nil {
		n.lastOf = map[string]int{}
		for i, e := range n.entries {
			if !e.merge {
				n.lastOf[e.key] = i
			}
		}
	}
	i, ok := n.lastOf[key]
	if !ok {
		return entry{}, false
	}
	return n.entries[i], true
}

// empty reports whether a scalar has no text at all, as the value of "key:".
func (n *node) empty() bool { return n.kind == scalarNode && n.start == n.end }

// tagged reports whether a tag or an anchor is before the value.
func (n *node) tagged() bool { return n.start != n.body }

// duplicateKeys returns the keys that are in their mapping a second time, at any depth.
func duplicateKeys(n *node) []entry { return addDuplicateKeys(nil, n) }

func addDuplicateKeys(found []entry, n *node) []entry {
	if n == nil {
		return found
	}
	seen := make(map[string]bool, len(n.entries))
	for _, e := range n.entries {
		if seen[e.key] && !e.merge {
			found = append(found, e)
		}
		seen[e.key] = seen[e.key] || !e.merge
		found = addDuplicateKeys(found, e.value)
	}
	for _, item := range n.items {
		found = addDuplicateKeys(found, item)
	}
	return found
}

// compositeKey returns the offset of the first key that is a map or a list, or -1.
func compositeKey(n *node) int {
	if n == nil {
		return -1
	}
	for _, e := range n.entries {
		if e.odd {
			return e.keyStart
		}
		if at := compositeKey(e.value); at >= 0 {
			return at
		}
	}
	for _, item := range n.items {
		if at := compositeKey(item); at >= 0 {
			return at
		}
	}
	return -1
}

// pathTo returns the keys that lead to the key or plain value at an offset; none where
// neither is there. isKey reports whether it is the last key itself.
func (n *node) pathTo(off int) (keys []string, isKey bool) {
	if n == nil {
		return nil, false
	}
	for _, e := range n.entries {
		if e.keyStart <= off && off < e.keyEnd {
			return []string{e.key}, true
		}
		if e.value.kind == scalarNode && e.value.start <= off && off < e.value.end {
			return []string{e.key}, false
		}
		if below, isKey := e.value.pathTo(off); below != nil {
			return append([]string{e.key}, below...), isKey
		}
	}
	for _, item := range n.items {
		if item.kind == scalarNode && item.start <= off && off < item.end {
			return []string{"[]"}, false
		}
		if below, isKey := item.pathTo(off); below != nil {
			return append([]string{"[]"}, below...), isKey
		}
	}
	return nil, false
}

// hasAlias reports whether an alias is anywhere in the tree.
func (n *node) hasAlias() bool {
	return n.kind == aliasNode || slices.ContainsFunc(n.items, (*node).hasAlias) ||
		slices.ContainsFunc(n.entries, func(e entry) bool { return e.value.hasAlias() })
}
