package tomldoc

import (
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Value is one value of a document.
type Value struct {
	// Elems are the elements of an array, comments left out.
	Elems []*Value
	// Entries are the pairs of an inline table, in the order of the text.
	Entries []Entry

	kind       unstable.Kind
	text       string
	start, end int
}

// Entry is one pair of an inline table.
type Entry struct {
	Keys       []Key
	Value      *Value
	start, end int
}

// Bool gives the value of a boolean; ok is false for any other type.
func (v *Value) Bool() (value, ok bool) {
	return v.text == "true", v.kind == unstable.Bool
}

// Text gives the value of a string; ok is false for any other type.
func (v *Value) Text() (value string, ok bool) {
	return v.text, v.kind == unstable.String
}

// Int gives the value of a decimal integer; ok is false for anything else.
func (v *Value) Int() (value int, ok bool) {
	if v.kind != unstable.Integer {
		return 0, false
	}
	var out struct{ V int }
	err := toml.Unmarshal([]byte("V = "+v.text), &out)
	return out.V, err == nil
}

// IsArray tells an array from all other values.
func (v *Value) IsArray() bool { return v.kind == unstable.Array }

// Raw is the value as it is written in src, the text that was parsed.
func (v *Value) Raw(src []byte) string { return string(src[v.start:v.end]) }

// Offset is the byte at which the value begins.
func (v *Value) Offset() int { return v.start }

// Type is the name that both TOML readers use for the value's type in their errors.
func (v *Value) Type() string {
	switch v.kind {
	case unstable.String:
		return "string"
	case unstable.Bool:
		return "boolean"
	case unstable.Integer:
		return "integer"
	case unstable.Float:
		return "float"
	case unstable.Array:
		return "array"
	case unstable.InlineTable:
		return "table"
	}
	return "datetime"
}

// checkScalars finds a number or time that has the form of one and no value. The scanner
// lets those pass; go-toml's decoder judges them one by one.
func (d *Doc) checkScalars(v *Value) error {
	for _, elem := range v.Elems {
		if err := d.checkScalars(elem); err != nil {
			return err
		}
	}
	for _, e := range v.Entries {
		if err := d.checkScalars(e.Value); err != nil {
			return err
		}
	}
	switch v.kind {
	case unstable.Array, unstable.InlineTable, unstable.String, unstable.Bool:
		return nil
	case unstable.Integer:
		if plainInteger(v.text) {
			return nil
		}
	}
	var out map[string]any
	if err := toml.Unmarshal([]byte("v = "+v.text), &out); err != nil {
		return d.errorAt(v.start, "%s", strings.TrimPrefix(err.Error(), "toml: "))
	}
	return nil
}

// plainInteger spares the common numbers the decoder.
func plainInteger(s string) bool {
	return len(s) < 18 && (s == "0" || s[0] != '0') && strings.Trim(s, "0123456789") == ""
}
