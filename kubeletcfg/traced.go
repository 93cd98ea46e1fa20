package kubeletcfg

import "bytes"

// traced is text put together from a file, each byte of which knows where it came from.
// So a flag can be shown at its own line and column, after quotes, continued lines and
// variables were resolved.
type traced struct {
	bytes []byte
	at    []int // offset in the file, for each byte
	from  *tracedFile
}

// tracedFile is a file that traced text was taken from.
type tracedFile struct {
	path string
	text text
}

func traceFile(f TextFile) *tracedFile {
	return &tracedFile{f.Path, newText(f.Data)}
}

// add appends a byte and its origin.
func (t *traced) add(c byte, at int) {
	t.bytes = append(t.bytes, c)
	t.at = append(t.at, at)
}

// join appends text of any file; what was added stays at home in t's file, at offset at.
func (t *traced) join(s string, at int) {
	for i := range len(s) {
		t.add(s[i], at)
	}
}

func (t traced) cut(from, to int) traced {
	return traced{t.bytes[from:to], t.at[from:to], t.from}
}

// trim drops blanks at both ends.
func (t traced) trim() traced {
	from, to := 0, len(t.bytes)
	for from < to && isBlank(t.bytes[from]) {
		from++
	}
	for to > from && isBlank(t.bytes[to-1]) {
		to--
	}
	return t.cut(from, to)
}

// percents makes "%%" a percent sign. Other specifiers stay as they are.
func (t traced) percents() traced {
	if !bytes.Contains(t.bytes, []byte("%%")) {
		return t
	}
	out := traced{from: t.from}
	for i := 0; i < len(t.bytes); i++ {
		out.add(t.bytes[i], t.at[i])
		if t.bytes[i] == '%' && i+1 < len(t.bytes) && t.bytes[i+1] == '%' {
			i++
		}
	}
	return out
}

func (t traced) String() string { return string(t.bytes) }

// place is where the text starts.
func (t traced) place() Place {
	p := Place{}
	if t.from == nil {
		return p
	}
	p.Path = t.from.path
	if len(t.at) > 0 {
		p.Line, p.Column = t.from.text.position(t.at[0])
	}
	return p
}

// isBlank is systemd's WHITESPACE.
func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
