package tomldoc

import (
	"bytes"
	"strings"
)

// inInline puts the key into an inline table. It always stays on one line: tables that
// span lines are TOML 1.1, which older CRI-O releases refuse.
func (d *Doc) inInline(t Target, table *Node, rest []string, text string) proposal {
	entries := table.Value.Entries
	prefix := d.spellAll(table.Path(), rest)
	if len(entries) == 0 {
		at := table.Value.start + 1
		if n := bytes.IndexByte(d.src[at:], '}'); n > 0 && strings.Trim(string(d.src[at:at+n]), " \t") == "" {
			at += (n + 1) / 2
		}
		entry := prefix + spell(t.Key) + " = " + text
		return proposal{Splice: Splice{at, at, entry}, key: at + len(prefix), why: "added to the empty inline table"}
	}
	last := entries[len(entries)-1]
	comma := ", "
	if len(entries) > 1 && string(d.src[entries[0].end:entries[1].start]) == "," {
		comma = ","
	}
	entry := comma + prefix + spell(t.Key) + d.gap(last.Keys, last.Value) + text
	return proposal{
		Splice: Splice{last.end, last.end, entry},
		key:    last.end + len(comma) + len(prefix), why: "added to the inline table",
	}
}

// outOfInline proposes how to take an entry out of an inline table with one of its commas.
func (d *Doc) outOfInline(n *Node) []proposal {
	entries := []Entry(nil)
	for table := n.parent; table != nil; table = table.parent {
		if table.Value != nil && holds(table.Value, n.entry) {
			entries = table.Value.Entries
			break
		}
	}
	var ways []proposal
	cut := func(start, end int) {
		ways = append(ways, proposal{Splice: Splice{start, end, ""}, key: n.at, why: "removed from the inline table"})
	}
	for i := range entries {
		if &entries[i] != n.entry {
			continue
		}
		e := entries[i]
		if i > 0 {
			cut(entries[i-1].end, e.end)
		} else if len(entries) > 1 {
			cut(e.start, entries[1].start)
		}
		cut(e.start, e.end)
		if n := bytes.IndexByte(d.src[e.end:], ','); n >= 0 {
			cut(e.start, e.end+n+1)
		}
	}
	return ways
}

func holds(v *Value, e *Entry) bool {
	for i := range v.Entries {
		if &v.Entries[i] == e {
			return true
		}
	}
	return false
}
