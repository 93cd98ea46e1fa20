package logscan

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// value is the value of a key, unquoted; "" and false where the key is not there.
func (m *message) value(key string) (string, bool) {
	if m.whole != nil {
		if m.fields == nil && json.Unmarshal(m.whole, &m.fields) != nil {
			m.fields = map[string]json.RawMessage{} // cut off, as journald does after 48 KiB
		}
		raw, ok := m.fields[key]
		if !ok {
			return "", false
		}
		return jsonText(raw), true
	}
	rest := m.rest
	for {
		rest = bytes.TrimLeft(rest, " ")
		name, after, ok := bytes.Cut(rest, []byte{'='})
		if !ok || len(name) == 0 {
			return "", false
		}
		// A bare value with spaces (fmt's map[…]) leaves its rest before the next key.
		name = name[bytes.LastIndexByte(name, ' ')+1:]
		end := valueEnd(after)
		if string(name) == key {
			return unquote(after[:end]), true
		}
		rest = after[end:]
	}
}

// cutOff reports whether the keys of the message are missing because it was cut off.
func (m *message) cutOff() bool {
	return m.whole != nil && len(m.fields) == 0
}

// valueEnd is where the value at the front of b ends: a quoted string, klog's form for text
// of several lines (<, lines that begin with a tab, >), nested braces, or a plain word.
func valueEnd(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] {
	case '"':
		if end := quoteEnd(b); end > 0 {
			return end
		}
		return len(b)
	case '<':
		if len(b) > 1 && b[1] == '\n' {
			if end := bytes.Index(b, []byte("\n >")); end >= 0 {
				return end + len("\n >")
			}
			return len(b)
		}
	case '{', '[':
		if end := braceEnd(b); end > 0 {
			return end
		}
		return len(b)
	}
	if end := bytes.IndexByte(b, ' '); end >= 0 {
		return end
	}
	return len(b)
}

// quoteEnd is the index behind the quote that closes the one b begins with; 0 if none does.
func quoteEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// braceEnd is the index behind the brace that closes the one b begins with; 0 if none does.
func braceEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i + 1
			}
		case '"':
			end := quoteEnd(b[i:])
			if end == 0 {
				return 0
			}
			i += end - 1
		}
	}
	return 0
}

func unquote(b []byte) string {
	s := string(b)
	if strings.HasPrefix(s, `"`) {
		if plain, err := strconv.Unquote(s); err == nil {
			return plain
		}
		return strings.Trim(s, `"`)
	}
	if rest, ok := strings.CutPrefix(s, "<\n"); ok {
		rest = strings.TrimSuffix(rest, "\n >")
		return strings.TrimPrefix(strings.ReplaceAll(rest, "\n\t", "\n"), "\t")
	}
	return s
}

// jsonText is a JSON string's text, or the raw JSON of anything else.
func jsonText(raw json.RawMessage) string {
	var s string
	if err := json.Unmarshal(raw, &s); err == nil {
		return s
	}
	return string(raw)
}
