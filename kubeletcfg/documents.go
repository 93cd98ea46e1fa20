package kubeletcfg

import (
	"bytes"

	"github.com/plegctl/plegctl/verify/source"
)

// span is a range of bytes.
type span struct{ from, to int }

// splitDocuments returns the documents of a YAML stream. A line that starts with "---" or
// "..." at the first column ends a document wherever it is, also inside a block or a quoted
// scalar (YAML 1.2, c-forbidden); comments and directives alone before the first "---" are
// not a document.
func splitDocuments(t source.Text) []span {
	var docs []span
	from, open := t.BOM, false
	shut := func(to int) {
		if open {
			docs = append(docs, span{from, to})
		}
		open = false
	}
	for i := t.BOM; i < len(t.Src); i = t.NextLine(i) {
		line := t.Src[i:t.LineEnd(i)]
		switch {
		case isMarker(line, "---"):
			if open {
				shut(i)
				from = i
			}
			open = true
		case isMarker(line, "..."):
			shut(i)
			from = t.NextLine(i)
		case !open:
			trimmed := bytes.TrimLeft(line, " \t")
			open = len(trimmed) > 0 && trimmed[0] != '#' && line[0] != '%'
		}
	}
	shut(len(t.Src))
	return docs
}

func isMarker(line []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(marker))
	return ok && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t')
}
