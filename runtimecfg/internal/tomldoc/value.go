package tomldoc

import "github.com/pelletier/go-toml/v2/unstable"

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
	Keys  []Key
	Value *Value
}

// Bool returns the value of a boolean; ok is false for any other type.
func (v *Value) Bool() (value, ok bool) {
	return v.text == "true", v.kind == unstable.Bool
}

// Raw is the value as it is written in src, the text that was parsed.
func (v *Value) Raw(src []byte) string { return string(src[v.start:v.end]) }

// Offset is the byte at which the value begins.
func (v *Value) Offset() int { return v.start }

// Type is the name of the value's type in TOML.
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
