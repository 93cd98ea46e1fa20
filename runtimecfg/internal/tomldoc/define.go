package tomldoc

// enter makes path the context, and defines its last part as a table, or as the next
// element of an array of tables. keys are the written keys of its last parts.
func (b *builder) enter(path []string, keys []Key, array bool) error {
	where := func(i int) Key {
		return keys[max(i-(len(path)-len(keys)), 0)]
	}
	table := b.doc.Root
	for i, name := range path[:len(path)-1] {
		kid := table.child(name)
		if kid == nil {
			b.implicit[pathID(path[:i+1])] = true
			kid = newTable(name, table, where(i).start)
			table.put(kid)
		}
		if table = kid.open(); table == nil {
			return b.doc.errorAt(where(i).start, "key %q is already defined and is no table (line %d)", dotted(path[:i+1]), b.doc.line(kid))
		}
	}
	last := where(len(path) - 1)
	name := path[len(path)-1]
	b.ctx = path[:len(path)-1]
	if array {
		if err := b.appendTable(table, name, last); err != nil {
			return err
		}
	} else if err := b.set(last, newTable(name, table, last.start)); err != nil {
		return err
	}
	b.ctx = path
	return nil
}

func (b *builder) appendTable(table *Node, name string, key Key) error {
	list := table.child(name)
	if list == nil {
		list = newTable(name, table, key.start)
		list.kind = arrayOfTables
		table.put(list)
	}
	if list.kind != arrayOfTables {
		return b.doc.errorAt(key.start, "key %q is already defined in line %d and cannot be an array of tables", dotted(list.Path()), b.doc.line(list))
	}
	list.elems = append(list.elems, newTable(name, list.parent, key.start))
	return nil
}

// set defines key in the context. What is there already stays when it was only implicit,
// and then the new value is dropped, unless an array takes its place.
func (b *builder) set(key Key, node *Node) error {
	table := b.here()
	if table == nil {
		return b.doc.errorAt(key.start, "key %q is already defined and is no table", dotted(b.ctx))
	}
	node.parent = table
	old := table.child(node.Name)
	if old == nil {
		table.put(node)
		return nil
	}
	id := pathID(join(b.ctx, node.Name))
	if !b.implicit[id] {
		return b.doc.errorAt(key.start, "key %q is already defined in line %d", dotted(join(b.ctx, node.Name)), b.doc.line(old))
	}
	delete(b.implicit, id)
	if b.arrays[id] {
		table.put(node)
	}
	return nil
}

// here is the table that the context names; nil when something else lies there.
func (b *builder) here() *Node {
	table := b.doc.Root
	for _, name := range b.ctx {
		kid := table.child(name)
		if kid == nil {
			return nil
		}
		if table = kid.open(); table == nil {
			return nil
		}
	}
	return table
}

// open is the table into which keys below this name go: of an array of tables the last.
func (n *Node) open() *Node {
	switch n.kind {
	case tableNode:
		return n
	case arrayOfTables:
		return n.elems[len(n.elems)-1]
	}
	return nil
}

func (d *Doc) line(n *Node) int {
	line, _ := d.Pos(n.at)
	return line
}
