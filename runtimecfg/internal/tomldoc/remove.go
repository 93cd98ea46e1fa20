package tomldoc

import "strings"

// Remove takes the target out. A key that is not there is no error. A table header that
// carries the target's note and would stay empty goes too, with the blank line before it,
// so that Remove undoes SetBool byte for byte.
func Remove(src []byte, decode Decode, t Target) (Result, error) {
	d, err := Scan(src)
	if err != nil {
		return Result{}, err
	}
	n, err := d.target(t)
	if err != nil {
		return Result{}, err
	}
	if n == nil {
		return Result{After: src, Why: "is not set"}, nil
	}
	if n.kind != valueNode {
		return Result{}, d.refuseEdit(n.at, "%q is %s, not a value", dotted(t.path()), article(n.Type()))
	}
	ways := d.outOfLines(n, t)
	for i := range ways {
		ways[i].spelled = n.Path()
	}
	return d.first(decode, ways, without)
}

func (d *Doc) outOfLines(n *Node, t Target) []proposal {
	s := &d.stmts[n.stmt]
	start := max(lineStart(d.src, s.start), d.bom())
	ways := []proposal{d.cutLines(start, lineEnd(d.src, s.end), n.at, "removed its line")}
	if header, ok := d.ownHeader(n.stmt, t); ok {
		start = max(lineStart(d.src, header.start), d.bom())
		before := start - len(lineBreak(d.src, start))
		if nl := lineBreak(d.src, before); nl != "" || before == d.bom() {
			start = before
		}
		way := d.cutLines(start, lineEnd(d.src, s.end), n.at, "removed its line and the table that came with it")
		ways = append([]proposal{way}, ways...)
	}
	return ways
}

// cutLines removes whole lines. When they end a text without a final line break, the break
// before them goes instead.
func (d *Doc) cutLines(start, end, key int, why string) proposal {
	if end == len(d.src) && lineBreak(d.src, end) == "" {
		start -= len(lineBreak(d.src, start))
	}
	return proposal{Splice: Splice{start, end, ""}, key: key, why: why}
}

// ownHeader is the header right above the key, if it carries the note and nothing else
// is between it and the next header.
func (d *Doc) ownHeader(at int, t Target) (*stmt, bool) {
	if t.Note == "" || at == 0 || d.stmts[at-1].kind != tableStmt || strings.TrimSpace(d.stmts[at-1].note) != t.Note {
		return nil, false
	}
	if at+1 < len(d.stmts) {
		if next := d.stmts[at+1].kind; next != tableStmt && next != arrayStmt {
			return nil, false
		}
	}
	return &d.stmts[at-1], true
}
