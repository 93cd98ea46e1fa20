package kubeletcfg

import (
	"strconv"
	"unicode/utf8"
)

// splitWords splits text into words as systemd does (systemd 252,
// src/basic/extract-word.c): blanks separate, quotes of both sorts group and are dropped.
// With unescape, C escapes are resolved and unknown ones are kept; without it a backslash
// is dropped and the character after it kept. A quote that is never closed ends with the
// text.
func splitWords(t traced, unescape bool) []traced {
	var words []traced
	for i := 0; ; {
		for i < len(t.bytes) && isBlank(t.bytes[i]) {
			i++
		}
		if i == len(t.bytes) {
			return words
		}
		var word traced
		word, i = firstWord(t, i, unescape)
		words = append(words, word)
	}
}

// firstWord reads the word that starts at i and tells where it ends.
func firstWord(t traced, i int, unescape bool) (traced, int) {
	word := traced{from: t.from, at: []int{}}
	start := i
	var quote byte
	for ; i < len(t.bytes); i++ {
		c := t.bytes[i]
		switch {
		case c == '\\':
			i = escaped(&word, t, i, unescape) - 1
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && isBlank(c):
			return startedAt(word, t.at[start]), i
		default:
			word.add(c, t.at[i])
		}
	}
	return startedAt(word, t.at[start]), i
}

// startedAt lets a word begin at its opening quote, so that an empty one has a place too.
func startedAt(word traced, at int) traced {
	if len(word.at) > 0 {
		word.at[0] = at
	} else {
		word.at = append(word.at, at)
	}
	return word
}

// escaped adds what the backslash at i stands for and tells where the text goes on.
func escaped(word *traced, t traced, i int, unescape bool) int {
	if i+1 == len(t.bytes) {
		word.add('\\', t.at[i])
		return i + 1
	}
	c := t.bytes[i+1]
	if !unescape {
		word.add(c, t.at[i])
		return i + 2
	}
	if n, ok := simpleEscape(c); ok {
		word.add(n, t.at[i])
		return i + 2
	}
	digits, base := 0, 16
	switch {
	case c == 'x':
		digits = 2
	case c == 'u':
		digits = 4
	case c == 'U':
		digits = 8
	case c >= '0' && c <= '7':
		digits, base = 3, 8
	}
	from := i + 2
	if base == 8 {
		from = i + 1
	}
	if digits > 0 && from+digits <= len(t.bytes) {
		n, err := strconv.ParseUint(string(t.bytes[from:from+digits]), base, 32)
		if err == nil && n > 0 && (digits > 3 || n < 256) {
			if digits > 3 {
				word.join(string(utf8.AppendRune(nil, rune(n))), t.at[i])
			} else {
				word.add(byte(n), t.at[i])
			}
			return from + digits
		}
	}
	word.add('\\', t.at[i]) // unknown: kept as it stands
	word.add(c, t.at[i+1])
	return i + 2
}

// simpleEscape knows the escapes of one character; \s is a space.
func simpleEscape(c byte) (byte, bool) {
	switch c {
	case 'a':
		return '\a', true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'v':
		return '\v', true
	case 's':
		return ' ', true
	case '\\', '"', '\'':
		return c, true
	}
	return 0, false
}
