package kubeletcfg

import "bytes"

// span is a range of bytes.
type span struct{ from, to int }

// splitDocuments returns the documents of a YAML stream. A line that starts with "---" or
// "..." at the first column ends a document wherever it is, also inside a block or a quoted
// scalar (YAML 1.2, c-forbidden); comments and directives alone before the first "---" are
// not a document.
func splitDocuments(t text) []span {
	var docs []span
	from, open := t.bom, false
	shut := func(to int) {
		if open {
			docs = append(docs, span{from, to})
		}
		open = false
	}
	for i := t.bom; i < len(t.src); i = t.nextLine(i) {
		line := t.src[i:t.lineEnd(i)]
		switch {
		case isMarker(line, "---"):
			if open {
				shut(i)
				from = i
			}
			open = true
		case isMarker(line, "..."):
			shut(i)
			from = t.nextLine(i)
		case !open:
			trimmed := bytes.TrimLeft(line, " \t")
			open = len(trimmed) > 0 && trimmed[0] != '#' && line[0] != '%'
		}
	}
	shut(len(t.src))
	return docs
}

func isMarker(line []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(marker))
	return ok && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t')
}
