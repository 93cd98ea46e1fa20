package start

import "github.com/plegctl/plegctl/verify/source"

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
		p.Line, p.Column = t.from.Position(t.at[0])
	}
	return p
}

// isBlank is systemd's WHITESPACE.
func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// origin is a file that text was taken from.
type origin struct {
	path string
	source.Text
}

func newOrigin(f source.File) *origin { return &origin{f.Path, source.NewText(f.Data)} }
