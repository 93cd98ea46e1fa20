package start

import (
	"sort"

	"github.com/plegctl/plegctl/verify/source"
)

// text is text put together from a file. Each byte knows its offset there, so that a flag
// can be shown at its own line and column after quotes, continued lines and variables
// were resolved.
type text struct {
	bytes []byte
	at    []int // offset in the file, for each byte; at least one, also of empty text
	from  *origin
	// unknown says why a part of the text cannot be known.
	unknown string
}

func (t *text) add(c byte, at int) {
	t.bytes = append(t.bytes, c)
	t.at = append(t.at, at)
}

// join appends text of any file as if all of it stood at one offset of t's own file.
func (t *text) join(s string, at int) {
	for i := range len(s) {
		t.add(s[i], at)
	}
}

func (t text) cut(from, to int) text {
	at := t.at[from:to:to]
	if from == to && len(t.at) > 0 { // empty text keeps its place
		i := min(from, len(t.at)-1)
		at = t.at[i : i+1 : i+1]
	}
	return text{t.bytes[from:to:to], at, t.from, t.unknown}
}

// trim drops blanks at both ends.
func (t text) trim() text {
	from, to := 0, len(t.bytes)
	for from < to && isBlank(t.bytes[from]) {
		from++
	}
	for to > from && isBlank(t.bytes[to-1]) {
		to--
	}
	return t.cut(from, to)
}

func (t text) String() string { return string(t.bytes) }

// position returns where the text starts.
func (t text) position(kind source.Kind) source.Position {
	if t.from == nil {
		return source.Position{Kind: kind}
	}
	p := source.Position{Kind: kind, Path: t.from.path}
	if len(t.at) > 0 {
		p.Line, p.Column = t.from.position(t.at[0])
	}
	return p
}

// isBlank is systemd's WHITESPACE.
func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// origin is a file that text was taken from.
type origin struct {
	path string
	src  []byte
	bom  int
	// lines are the offsets of the first byte of each line; chars holds, for every
	// charStep bytes of src, how many characters start before them. They keep the lookup
	// of a position cheap in very long lines.
	lines, chars []int
}

const charStep = 256

func newOrigin(f source.File) *origin {
	o := &origin{path: f.Path, src: f.Data}
	if len(o.src) >= 3 && string(o.src[:3]) == "\ufeff" {
		o.bom = 3
	}
	o.lines = append(o.lines, o.bom)
	count := 0
	for i, c := range o.src {
		if i%charStep == 0 {
			o.chars = append(o.chars, count)
		}
		if startsChar(c) {
			count++
		}
		if i >= o.bom && (c == '\n' || c == '\r' && (i+1 == len(o.src) || o.src[i+1] != '\n')) {
			o.lines = append(o.lines, i+1)
		}
	}
	return o
}

// startsChar reports whether a byte of UTF-8 is not the continuation of a character.
func startsChar(c byte) bool { return c&0xc0 != 0x80 }

// position returns the line and column (from 1) of an offset.
func (o *origin) position(off int) (line, column int) {
	off = min(max(off, o.bom), len(o.src))
	line = sort.SearchInts(o.lines, off+1)
	return line, 1 + o.charsBefore(off) - o.charsBefore(o.lines[line-1])
}

func (o *origin) charsBefore(off int) int {
	step := min(off/charStep, len(o.chars)-1)
	if step < 0 {
		return 0
	}
	count := o.chars[step]
	for _, c := range o.src[step*charStep : off] {
		if startsChar(c) {
			count++
		}
	}
	return count
}
