package tomldoc

import (
	"bytes"

	"github.com/pelletier/go-toml/v2/unstable"
)

type stmtKind int

const (
	keyStmt stmtKind = iota
	tableStmt
	arrayStmt
	commentStmt
)

// stmt is one top-level expression with its bytes [start, end), trailing comment excluded.
type stmt struct {
	kind       stmtKind
	keys       []Key
	value      *Value
	start, end int
	// note is the comment behind it on the same line, or the comment itself.
	note string
}

// Key is one part of a dotted key as it is written.
type Key struct {
	Name       string
	start, end int
}

// scan cuts the text behind the byte order mark into statements.
func (d *Doc) scan(skip int) error {
	p := unstable.Parser{KeepComments: true}
	p.Reset(d.src[skip:])
	s := scanner{src: d.src, skip: skip}
	for p.NextExpression() {
		d.stmts = append(d.stmts, s.statement(p.Expression()))
	}
	if p.Error() != nil {
		return d.scanError(&p, skip)
	}
	return nil
}

type scanner struct {
	src  []byte
	skip int
}

func (s scanner) statement(n *unstable.Node) stmt {
	var out stmt
	if next := n.Next(); next.Valid() && next.Kind == unstable.Comment {
		out.note = string(next.Data)
	}
	switch n.Kind {
	case unstable.Comment:
		start, end := s.span(n.Raw)
		return stmt{kind: commentStmt, start: start, end: end, note: string(n.Data)}
	case unstable.KeyValue:
		e := s.entry(n)
		out.kind, out.keys, out.value = keyStmt, e.Keys, e.Value
		out.start, out.end = s.span(n.Raw)
		return out
	}
	out.kind = tableStmt
	brackets := 1
	if n.Kind == unstable.ArrayTable {
		out.kind, brackets = arrayStmt, 2
	}
	out.keys = s.keys(n.Key())
	out.start = lineStart(s.src, out.keys[0].start)
	out.start += bytes.IndexByte(s.src[out.start:], '[')
	last := out.keys[len(out.keys)-1].end
	out.end = last + bytes.IndexByte(s.src[last:], ']') + brackets
	return out
}

func (s scanner) span(r unstable.Range) (start, end int) {
	start = s.skip + int(r.Offset)
	return start, start + int(r.Length)
}

func (s scanner) keys(it unstable.Iterator) []Key {
	var keys []Key
	for it.Next() {
		n := it.Node()
		start, end := s.span(n.Raw)
		keys = append(keys, Key{Name: string(n.Data), start: start, end: end})
	}
	return keys
}

func (s scanner) entry(n *unstable.Node) Entry {
	e := Entry{Keys: s.keys(n.Key())}
	_, end := s.span(n.Raw)
	at := e.Keys[len(e.Keys)-1].end
	at += bytes.IndexByte(s.src[at:], '=') + 1
	at += len(s.src[at:]) - len(bytes.TrimLeft(s.src[at:], " \t"))
	e.Value = s.value(n.Value())
	e.Value.start, e.Value.end = at, end
	return e
}

func (s scanner) value(n *unstable.Node) *Value {
	v := &Value{kind: n.Kind}
	switch n.Kind {
	case unstable.Array:
		for it := n.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				v.Elems = append(v.Elems, s.value(it.Node()))
			}
		}
	case unstable.InlineTable:
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				v.Entries = append(v.Entries, s.entry(it.Node()))
			}
		}
		v.start, _ = s.span(n.Raw)
	default:
		v.text = string(n.Data)
		v.start, v.end = s.span(n.Raw)
	}
	return v
}
