package tomldoc

import gotoml "github.com/pelletier/go-toml/v2"

// Splice replaces the bytes [Start, End) of a text by Text.
type Splice struct {
	Start, End int
	Text       string
}

// Apply returns the text with the splice made.
func (s Splice) Apply(src []byte) []byte {
	out := make([]byte, 0, len(src)+len(s.Text)-(s.End-s.Start))
	out = append(out, src[:s.Start]...)
	out = append(out, s.Text...)
	return append(out, src[s.End:]...)
}

// Result is an edit that was made and checked.
type Result struct {
	After []byte
	// Found reports whether there is, or was, such a key; Offset is where: in After for
	// SetBool, in the old text for Remove.
	Found  bool
	Offset int
	Why    string
}

// Target is the one key that an edit is about.
type Target struct {
	Table []string
	Key   string
	// Fold takes names in any case for the same, as CRI-O does.
	Fold bool
	// Note is the comment behind a table header that the edit has to add. People see by it
	// who wrote the header, and Remove that it goes with the key.
	Note string
}

func (t Target) path() []string { return join(t.Table, t.Key) }

// proposal is one way to make an edit; the first that proves right is taken.
type proposal struct {
	Splice
	// key is the offset of the key in the new text.
	key int
	// spelled is the path as this proposal spells it.
	spelled []string
	why     string
}

// SetBool sets the target to a boolean. Nothing but the needed bytes changes: the value of
// a key that is there, else one line, or a table header with one line. The daemon's library
// decodes the new text, which must mean the old one with that key set; an edit that cannot
// do this is refused with an [*Error].
func SetBool(src []byte, decode Decode, t Target, value bool) (Result, error) {
	d, err := Scan(src)
	if err != nil {
		return Result{}, err
	}
	text := "false"
	if value {
		text = "true"
	}
	found, err := d.target(t)
	if err != nil {
		return Result{}, err
	}
	if found != nil {
		return d.replace(decode, t, found, value, text)
	}
	ways, err := d.insertions(t, text)
	if err != nil {
		return Result{}, err
	}
	return d.first(decode, ways, with(value))
}

// target finds the node of the key, and refuses what is ambiguous.
func (d *Doc) target(t Target) (*Node, error) {
	found, blocked := d.Find(t.Fold, t.path()...)
	if blocked != nil {
		return nil, d.refuseEdit(blocked.at, "%q is %s, not a table", dotted(blocked.Path()), article(blocked.Type()))
	}
	if len(found) > 1 {
		return nil, d.refuseEdit(found[1].at, "%q is set twice in different spellings, and which one counts is left to chance; first in line %d", t.Key, d.line(found[0]))
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found[0], nil
}

func (d *Doc) replace(decode Decode, t Target, n *Node, value bool, text string) (Result, error) {
	if !n.IsTable() && n.kind == valueNode {
		if old, ok := n.Value.Bool(); ok && old == value {
			return Result{After: d.src, Found: true, Offset: n.at, Why: "is set so already"}, nil
		}
		p := proposal{
			Splice: Splice{n.Value.start, n.Value.end, text}, key: n.at, spelled: n.Path(),
			why: "replaced the value of the key that is there",
		}
		return d.first(decode, []proposal{p}, with(value))
	}
	return Result{}, d.refuseEdit(n.at, "%q is %s, not a value", dotted(t.path()), article(n.Type()))
}

// first tries the proposals in order of taste, and takes the first whose text means what the
// old one means with the change made.
func (d *Doc) first(decode Decode, ways []proposal, change change) (Result, error) {
	for _, p := range ways {
		out := p.Apply(d.src)
		if strict(d.src) && !strict(out) {
			continue // a lenient library takes more than other readers do
		}
		if changes(decode, d.src, out, p.spelled, change) {
			return Result{After: out, Found: true, Offset: p.key, Why: p.why}, nil
		}
	}
	at := len(d.src)
	if len(ways) > 0 {
		at = ways[0].Start
	}
	return Result{}, d.refuseEdit(at, "found no place where the change would touch nothing else")
}

// strict reports whether a text is TOML for a reader that keeps to the standard.
func strict(src []byte) bool { return gotoml.Unmarshal(src, &map[string]any{}) == nil }

func article(typ string) string {
	if typ == "array" || typ == "integer" {
		return "an " + typ
	}
	return "a " + typ
}
