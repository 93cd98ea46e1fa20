package tomldoc

import (
	"bytes"
	"errors"
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

// MultiLineInline finds the first inline table that spans lines or ends with a comma. Both
// are TOML 1.1, which readers before 2025 refuse.
func (d *Doc) MultiLineInline() (offset int, found bool) {
	for i := range d.stmts {
		if s := &d.stmts[i]; s.kind == keyStmt {
			if v := d.newStyle(s.value, s.end); v != nil {
				return v.start, true
			}
		}
	}
	return 0, false
}

// newStyle walks down to the first such table; end is a byte behind the value.
func (d *Doc) newStyle(v *Value, end int) *Value {
	for _, elem := range v.Elems {
		if found := d.newStyle(elem, end); found != nil {
			return found
		}
	}
	if len(v.Entries) == 0 {
		return nil
	}
	at := v.start + 1
	for i := range v.Entries {
		e := &v.Entries[i]
		if bytes.IndexByte(d.src[at:e.start], '\n') >= 0 {
			return v
		}
		if found := d.newStyle(e.Value, e.end); found != nil {
			return found
		}
		at = e.end
	}
	tail := bytes.TrimLeft(d.src[at:end], " \t")
	if bytes.HasPrefix(tail, []byte("}")) {
		return nil
	}
	return v
}
