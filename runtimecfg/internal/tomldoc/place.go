package tomldoc

import "strings"

// insertions proposes places for a key that is not there, the most natural first: in the
// section of its table, and in a table header of its own at the end.
func (d *Doc) insertions(t Target, text string) ([]proposal, error) {
	table, rest, err := d.deepest(t)
	if err != nil {
		return nil, err
	}
	var ways []proposal
	if len(rest) == 0 && (table.header >= 0 || table.parent == nil) {
		ways = append(ways, d.inSection(t, table, text))
	}
	path := append(table.Path(), rest...)
	if len(path) > 0 {
		ways = append(ways, d.newHeader(t, path, text))
	}
	for i := range ways {
		ways[i].spelled = join(path, t.Key)
	}
	return ways, nil
}

// deepest walks down the target's table as far as it exists; rest are the names below.
func (d *Doc) deepest(t Target) (table *Node, rest []string, err error) {
	table = d.Root
	for i, name := range t.Table {
		kid := table.child(name)
		if kid == nil && t.Fold {
			variants := table.named(name, true)
			if len(variants) > 1 {
				return nil, nil, d.refuseEdit(variants[1].at, "table %q is there in different spellings; first in line %d", name, d.line(variants[0]))
			}
			if len(variants) == 1 {
				kid = variants[0]
			}
		}
		if kid == nil {
			return table, t.Table[i:], nil
		}
		table = kid
	}
	return table, nil, nil
}

// inSection puts the key behind the one that is commented out, else behind the section's
// last key, else below its header.
func (d *Doc) inSection(t Target, table *Node, text string) proposal {
	first := table.header + 1
	var sibling, comment *stmt
	commentedTable := false
	for i := first; i < len(d.stmts); i++ {
		s := &d.stmts[i]
		if s.kind == tableStmt || s.kind == arrayStmt {
			break
		}
		if s.kind == keyStmt {
			sibling = s
			continue
		}
		commentedTable = commentedTable || looksLikeHeader(s.note)
		if comment == nil && !commentedTable && commentsOut(s.note, t.Key) {
			comment = s
		}
	}
	line := spell(t.Key) + d.equals(sibling) + text
	switch {
	case comment != nil:
		return d.lineAfter(comment.end, d.indent(comment), line, "added below the commented-out line")
	case sibling != nil:
		return d.lineAfter(sibling.end, d.indent(sibling), line, "added behind the last key of its table")
	case table.header >= 0:
		header := &d.stmts[table.header]
		return d.lineAfter(header.end, d.indent(header)+d.keyIndent(), line, "added below its table header")
	}
	at := d.bom()
	return proposal{Splice: Splice{at, at, line + d.newline()}, key: at, why: "added at the top"}
}

// newHeader ends the document with the table. Its blank line comes even after another one,
// so that Remove can give the same bytes back.
func (d *Doc) newHeader(t Target, path []string, text string) proposal {
	nl, end := d.newline(), len(d.src)
	spelled := make([]string, len(path))
	for i, name := range path {
		if spelled[i] = spell(name); spelled[i] == `"`+name+`"` && d.usesSingleQuotes() && !strings.Contains(name, "'") {
			spelled[i] = "'" + name + "'"
		}
	}
	header := "[" + dotted(spelled) + "]"
	if t.Note != "" {
		header += " " + t.Note
	}
	lead, tail := nl, nl
	switch {
	case end == d.bom():
		lead = ""
	case lineBreak(d.src, end) == "":
		lead, tail = nl+nl, ""
	}
	lead += header + nl
	return proposal{
		Splice: Splice{end, end, lead + spell(t.Key) + " = " + text + tail},
		key:    end + len(lead), why: "added with its table at the end",
	}
}

// lineAfter puts a line below the line that holds offset, and keeps a missing final
// line break missing.
func (d *Doc) lineAfter(offset int, indent, line, why string) proposal {
	at := lineEnd(d.src, offset)
	if nl := lineBreak(d.src, at); nl != "" {
		return proposal{Splice: Splice{at, at, indent + line + nl}, key: at + len(indent), why: why}
	}
	nl := d.newline()
	return proposal{Splice: Splice{at, at, nl + indent + line}, key: at + len(nl) + len(indent), why: why}
}
