package tomldoc

import "github.com/pelletier/go-toml/v2/unstable"

// builder puts the statements together to a tree, by BurntSushi's rules of what may be
// defined twice (parse.go of v1.6.0). Those are wider than the TOML specification: a table
// that only dotted keys or inline tables brought into being counts as implicit, and
// anything implicit may be defined once more, by a header or even by a value, which is then
// dropped. A document that go-toml accepted passes them too.
type builder struct {
	doc      *Doc
	ctx      []string
	implicit map[string]bool
	// arrays remembers the paths whose last value was an array: only those replace what
	// was implicit.
	arrays map[string]bool
	// stmt is the index of the statement under work.
	stmt int
}

func (d *Doc) build() error {
	d.Root = newTable("", nil, 0)
	b := builder{doc: d, implicit: map[string]bool{}, arrays: map[string]bool{}}
	for i := range d.stmts {
		b.stmt = i
		if err := b.add(&d.stmts[i]); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) add(s *stmt) error {
	switch s.kind {
	case commentStmt:
		return nil
	case keyStmt:
		if err := b.doc.checkScalars(s.value); err != nil {
			return err
		}
		return b.keyValue(s.keys, s.value, nil)
	}
	if err := b.tooDeep(s.keys); err != nil {
		return err
	}
	if err := b.enter(names(s.keys), s.keys, s.kind == arrayStmt); err != nil {
		return err
	}
	b.setArray("", false)
	if table := b.here(); table != nil && s.kind == tableStmt {
		table.header = b.stmt
	}
	return nil
}

// maxParts bounds a dotted key: paths cost the square of their length, and no person
// writes one of a thousand parts.
const maxParts = 1000

func (b *builder) tooDeep(keys []Key) error {
	if len(b.ctx)+len(keys) <= maxParts {
		return nil
	}
	return b.doc.errorAt(keys[0].start, "a key of more than %d parts", maxParts)
}

// keyValue sets a possibly dotted key in the present context and returns to that context.
func (b *builder) keyValue(keys []Key, v *Value, entry *Entry) error {
	if err := b.tooDeep(keys); err != nil {
		return err
	}
	outer := b.ctx
	last := keys[len(keys)-1]
	for i := range keys[:len(keys)-1] {
		path := join(b.ctx, keys[i].Name)
		b.implicit[pathID(path)] = true
		if err := b.enter(path, keys[i:i+1], false); err != nil {
			return err
		}
	}
	node := &Node{Name: last.Name, Value: v, kind: valueNode, at: last.start, header: -1, stmt: b.stmt, entry: entry}
	err := b.value(last, v)
	if err == nil {
		err = b.set(last, node)
	}
	b.setArray(last.Name, v.kind == unstable.Array)
	b.ctx = outer
	return err
}

// value walks into arrays and inline tables, which define tables of their own.
func (b *builder) value(key Key, v *Value) error {
	switch v.kind {
	case unstable.InlineTable:
		return b.inline(key, v, false)
	case unstable.Array:
		b.setArray(key.Name, true)
		for _, elem := range v.Elems {
			if elem.kind == unstable.InlineTable {
				if err := b.inline(key, elem, true); err != nil {
					return err
				}
			} else if err := b.value(key, elem); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) inline(key Key, v *Value, inArray bool) error {
	outer := b.ctx
	path := join(b.ctx, key.Name)
	b.implicit[pathID(path)] = true
	if err := b.enter(path, []Key{key}, inArray); err != nil {
		return err
	}
	// A value of the same name makes here nil; the definition below then refuses it.
	if table := b.here(); table != nil && !inArray && table.Value == nil {
		table.Value, table.stmt = v, b.stmt
	}
	for i := range v.Entries {
		e := &v.Entries[i]
		if err := b.keyValue(e.Keys, e.Value, e); err != nil {
			return err
		}
	}
	b.ctx = outer
	return nil
}

// setArray notes whether the key below the context holds an array. The empty key means the
// context itself, as it does in BurntSushi.
func (b *builder) setArray(key string, is bool) {
	path := b.ctx
	if key != "" {
		path = join(path, key)
	}
	if is {
		b.arrays[pathID(path)] = true
	} else if len(b.arrays) > 0 {
		delete(b.arrays, pathID(path))
	}
}
