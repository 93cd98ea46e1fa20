package tomldoc

// How a name came into being, by the TOML specification. It decides what may follow.
type seenKind int

const (
	// seenValue may not be extended; an inline table is such a value.
	seenValue seenKind = iota
	// seenDotted is a table made by dotted keys, extended only by more of them and by
	// headers of tables below it.
	seenDotted
	// seenTable is a table made by headers.
	seenTable
	// seenArray is an array of tables.
	seenArray
)

// seen is one name of the document. Each has a map of its own, so that documents with
// thousands of tables stay linear; go-toml's decoder searches a list for each name.
type seen struct {
	kind     seenKind
	explicit bool
	kids     map[string]*seen
}

func (s *seen) add(name string, kind seenKind) *seen {
	kid := &seen{kind: kind}
	if s.kids == nil {
		s.kids = map[string]*seen{}
	}
	s.kids[name] = kid
	return kid
}

// strict checks the definitions by the specification, as go-toml does
// (internal/tracker/seen.go of v2.4.3; FuzzParseGoTOML holds the two together).
func (d *Doc) strict() error {
	root := &seen{kind: seenTable}
	table := root
	for i := range d.stmts {
		s := &d.stmts[i]
		var err error
		switch s.kind {
		case keyStmt:
			err = d.strictKey(table, s.keys, s.value)
		case tableStmt, arrayStmt:
			table, err = d.strictHeader(root, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Doc) strictHeader(root *seen, s *stmt) (*seen, error) {
	table := root
	for _, k := range s.keys[:len(s.keys)-1] {
		kid := table.kids[k.Name]
		switch {
		case kid == nil:
			kid = table.add(k.Name, seenTable)
		case kid.kind == seenValue:
			return nil, d.errorAt(k.start, "key %q already exists as a value", k.Name)
		}
		table = kid
	}
	k := s.keys[len(s.keys)-1]
	kid := table.kids[k.Name]
	if s.kind == arrayStmt {
		if kid != nil && kid.kind != seenArray {
			return nil, d.errorAt(k.start, "key %q already exists and is no array of tables", k.Name)
		}
		return table.add(k.Name, seenArray), nil
	}
	switch {
	case kid == nil:
		kid = table.add(k.Name, seenTable)
	case kid.kind == seenDotted:
		return nil, d.errorAt(k.start, "table %q already exists as defined by a dotted key", k.Name)
	case kid.kind != seenTable || kid.explicit:
		return nil, d.errorAt(k.start, "table %q already exists", k.Name)
	}
	kid.explicit = true
	return kid, nil
}

func (d *Doc) strictKey(table *seen, keys []Key, v *Value) error {
	for _, k := range keys[:len(keys)-1] {
		kid := table.kids[k.Name]
		if kid == nil {
			kid = table.add(k.Name, seenDotted)
		}
		if kid.kind != seenDotted {
			return d.errorAt(k.start, "key %q is already defined", k.Name)
		}
		table = kid
	}
	k := keys[len(keys)-1]
	if table.kids[k.Name] != nil {
		return d.errorAt(k.start, "key %q is already defined", k.Name)
	}
	return d.strictValue(table.add(k.Name, seenValue), v)
}

// strictValue looks for double keys in inline tables, and in those inside arrays.
func (d *Doc) strictValue(value *seen, v *Value) error {
	for i := range v.Entries {
		if err := d.strictKey(value, v.Entries[i].Keys, v.Entries[i].Value); err != nil {
			return err
		}
	}
	for _, elem := range v.Elems {
		if err := d.strictValue(&seen{}, elem); err != nil {
			return err
		}
	}
	return nil
}
