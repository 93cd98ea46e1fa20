package tomldoc

import (
	"bytes"
	"strconv"
	"strings"
)

// spell writes a key bare where it may be, else in quotes.
func spell(name string) string {
	bare := name != ""
	for i := 0; bare && i < len(name); i++ {
		c := name[i]
		bare = c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	}
	switch {
	case bare:
		return name
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' }):
		return escape(name)
	}
	return `"` + name + `"`
}

// escape writes a basic string; every control character has its \u form in TOML 1.0.
func escape(name string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range name {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u` + strings.ToUpper(strconv.FormatInt(0x10000+int64(r), 16)[1:]))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// usesSingleQuotes reports whether the first key in quotes has single ones, as in what
// "containerd config default" prints.
func (d *Doc) usesSingleQuotes() bool {
	for _, s := range d.stmts {
		for _, k := range s.keys {
			if c := d.src[k.start]; c == '"' || c == '\'' {
				return c == '\''
			}
		}
	}
	return false
}

// equals writes the equals sign as the neighbour has it: tight or with blanks.
func (d *Doc) equals(sibling *stmt) string {
	if sibling != nil && string(d.src[sibling.keys[len(sibling.keys)-1].end:sibling.value.start]) == "=" {
		return "="
	}
	return " = "
}

// indent is the white space before a statement.
func (d *Doc) indent(s *stmt) string {
	return string(d.src[max(lineStart(d.src, s.start), d.bom()):s.start])
}

// keyIndent is how far the document indents the first key below a header.
func (d *Doc) keyIndent() string {
	for i := range d.stmts[:max(len(d.stmts)-1, 0)] {
		header, key := &d.stmts[i], &d.stmts[i+1]
		if header.kind == tableStmt && key.kind == keyStmt {
			rest, _ := strings.CutPrefix(d.indent(key), d.indent(header))
			return rest
		}
	}
	return ""
}

// newline is the line break of the first line.
func (d *Doc) newline() string {
	if n := bytes.IndexByte(d.src, '\n'); n > 0 && d.src[n-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// commentsOut reports whether a comment has the key: "# key = false".
func commentsOut(comment, key string) bool {
	text := strings.TrimLeft(comment, "# \t")
	if len(text) < len(key) || !strings.EqualFold(text[:len(key)], key) {
		return false
	}
	text = strings.TrimLeft(text[len(key):], " \t")
	return strings.HasPrefix(text, "=") || strings.HasPrefix(text, ":")
}

// looksLikeHeader reports a table header that is commented out; the comments below it
// belong to that table.
func looksLikeHeader(comment string) bool {
	text := strings.Trim(comment, "# \t")
	return strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]")
}
