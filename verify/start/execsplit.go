package start

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// wordRules are how systemd splits text into words (systemd 252,
// src/basic/extract-word.c): blanks separate, quotes of both sorts group and are dropped.
type wordRules int

const (
	// execWords (ExecStart=): C escapes are resolved, unknown ones kept; a quote that is
	// not closed breaks the line.
	execWords wordRules = iota
	// assignWords (Environment=): as before, but an unknown escape breaks the line too.
	assignWords
	// valueWords (the value of a "$NAME"): a backslash is dropped and what follows it
	// kept; a quote that is not closed ends with the text.
	valueWords
)

// splitWords splits text into words. Where the text is broken, ok is false and the words
// before the bad one are given.
func splitWords(t text, rules wordRules) (words []text, ok bool) {
	for i := 0; ; {
		for i < len(t.bytes) && isBlank(t.bytes[i]) {
			i++
		}
		if i == len(t.bytes) {
			return words, true
		}
		word, next, ok := firstWord(t, i, rules)
		if !ok {
			return words, false
		}
		words, i = append(words, word), next
	}
}

// firstWord reads the word that starts at i and tells where it ends.
func firstWord(t text, i int, rules wordRules) (word text, end int, ok bool) {
	word = text{from: t.from, unknown: t.unknown}
	start := i
	var quote byte
	for ; i < len(t.bytes); i++ {
		c := t.bytes[i]
		switch {
		case c == '\\':
			if i, ok = escaped(&word, t, i, rules); !ok {
				return word, i, false
			}
			i--
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && isBlank(c):
			return startedAt(word, t.at[start]), i, true
		default:
			word.add(c, t.at[i])
		}
	}
	return startedAt(word, t.at[start]), i, quote == 0 || rules == valueWords
}

// startedAt lets a word begin at its opening quote, so that an empty one has a place too.
func startedAt(word text, at int) text {
	if len(word.at) > 0 {
		word.at[0] = at
	} else {
		word.at = append(word.at, at)
	}
	return word
}

// escaped adds what the backslash at i stands for and tells where the text goes on.
func escaped(word *text, t text, i int, rules wordRules) (next int, ok bool) {
	if i+1 == len(t.bytes) {
		word.add('\\', t.at[i])
		return i + 1, rules != assignWords
	}
	c := t.bytes[i+1]
	if rules == valueWords {
		word.add(c, t.at[i])
		return i + 2, true
	}
	if n, simple := simpleEscape(c); simple {
		word.add(n, t.at[i])
		return i + 2, true
	}
	if decoded, next, numeric := numericEscape(t.bytes, i); numeric {
		word.join(decoded, t.at[i])
		return next, true
	}
	word.add('\\', t.at[i]) // unknown: kept as it stands
	word.add(c, t.at[i+1])
	return i + 2, rules == execWords
}

// numericEscape resolves \xHH, \uHHHH, \UHHHHHHHH and \OOO at i; NUL is none.
func numericEscape(src []byte, i int) (decoded string, next int, ok bool) {
	from, digits, base := i+2, 0, 16
	switch c := src[i+1]; {
	case c == 'x':
		digits = 2
	case c == 'u':
		digits = 4
	case c == 'U':
		digits = 8
	case c >= '0' && c <= '7':
		from, digits, base = i+1, 3, 8
	}
	if next = from + digits; digits == 0 || next > len(src) {
		return "", 0, false
	}
	n, err := strconv.ParseUint(string(src[from:next]), base, 32)
	switch {
	case err != nil || n == 0 || digits < 4 && n > 255 || n > utf8.MaxRune:
		return "", 0, false
	case digits < 4:
		return string([]byte{byte(n)}), next, true
	}
	return string(rune(n)), next, true
}

// simpleEscape knows the escapes of one character; \s is a space.
func simpleEscape(c byte) (byte, bool) {
	if c == '\\' || c == '"' || c == '\'' {
		return c, true
	}
	if i := strings.IndexByte("abfnrtvs", c); i >= 0 {
		return "\a\b\f\n\r\t\v "[i], true
	}
	return 0, false
}
