package tomldoc

import (
	"bytes"
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Stricter reports where go-toml refuses what the document's own dialect accepts.
func (d *Doc) Stricter() (offset int, reason string, refuses bool) {
	if d.bom() > 0 {
		return 0, "it begins with a byte order mark", true
	}
	var e *Error
	if errors.As(d.strict(), &e) {
		return e.Offset, e.Reason, true
	}
	return 0, "", false
}

// TOML11 finds the first syntax that came with TOML 1.1 and says what it is. BurntSushi
// reads it from v1.6.0 on; v1.2.1 to v1.5.0, which older CRI-O releases carry, refuse it.
func (d *Doc) TOML11() (offset int, what string, found bool) {
	for i := range d.stmts {
		if s := &d.stmts[i]; s.kind == keyStmt {
			if v, what := d.newSyntax(s.value, s.end); v != nil {
				return v.start, what, true
			}
		}
	}
	return 0, "", false
}

// newSyntax walks down to the first such value; end is a byte behind the value.
func (d *Doc) newSyntax(v *Value, end int) (*Value, string) {
	for _, elem := range v.Elems {
		if found, what := d.newSyntax(elem, end); found != nil {
			return found, what
		}
	}
	switch v.kind {
	case unstable.LocalTime, unstable.LocalDateTime, unstable.DateTime:
		if i := strings.IndexByte(v.text, ':'); len(v.text) < i+4 || v.text[i+3] != ':' {
			return v, "a time without seconds"
		}
	case unstable.String:
		if newEscape(d.src[v.start:v.end]) {
			return v, `the escape \e or \x`
		}
	}
	if v.kind != unstable.InlineTable {
		return nil, ""
	}
	at := v.start + 1
	for i := range v.Entries {
		e := &v.Entries[i]
		if bytes.IndexByte(d.src[at:e.start], '\n') >= 0 {
			return v, "an inline table over several lines"
		}
		if found, what := d.newSyntax(e.Value, e.end); found != nil {
			return found, what
		}
		at = e.end
	}
	if bytes.HasPrefix(bytes.TrimLeft(d.src[at:end], " \t"), []byte("}")) {
		return nil, ""
	}
	return v, "an inline table over several lines or with a comma at its end"
}

func newEscape(raw []byte) bool {
	if raw[0] != '"' {
		return false
	}
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		if raw[i] == 'e' || raw[i] == 'x' {
			return true
		}
	}
	return false
}
