package logscan

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes text from logs, containers and configuration files safe for a terminal:
// control characters (line breaks too), bytes that are no UTF-8, and the invisible
// characters that reorder or hide text come out as \n, \x1b or \u202e. All else is
// unchanged, so clean text costs no allocation.
func Escape(s string) string {
	first := strings.IndexFunc(s, unsafe)
	if first < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x`)
			b.WriteString(hexByte(s[i]))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case !unsafe(r):
			b.WriteString(s[i : i+size])
		case r < 0x100:
			b.WriteString(`\x`)
			b.WriteString(hexByte(byte(r)))
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return b.String()
}

// unsafe: C0, DEL and C1 controls, and what Unicode calls format characters (direction
// marks, zero-width joiners, tags), line and paragraph separators.
func unsafe(r rune) bool {
	if r < 0x7f {
		return r < 0x20
	}
	return r < 0xa0 || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

func hexByte(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}
