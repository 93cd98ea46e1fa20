package source

import "bytes"

// Mention is a place that names a setting, whether or not it has an effect there. Mentions
// answer "I set it, why is it off?".
type Mention struct {
	At Position
	// Text is the line or the argument that names the setting, without blanks around it.
	Text string
	// Counts reports whether the place decides the setting's value.
	Counts bool
	// Unknown reports whether it is not known; Counts is then false.
	Unknown bool
	// Comment reports whether the place is commented out, so that nobody takes it for a setting.
	Comment bool
	// Why says why it has no effect, or why that is not known; it is empty where it counts.
	Why string
}

// InComment is why a comment has no effect.
const InComment = "it is in a comment"

// String returns what the place is and whether it counts.
func (m Mention) String() string {
	switch {
	case m.Counts:
		return m.At.String() + ": counts"
	case m.Unknown:
		return m.At.String() + ": unknown, because " + m.Why
	}
	return m.At.String() + ": has no effect, because " + m.Why
}

// Occurrences returns the offsets at which text contains name as a whole word, in any case.
func Occurrences(text []byte, name string) []int {
	lower, word := lowerASCII(text), string(lowerASCII([]byte(name)))
	var found []int
	for from := 0; ; {
		i := bytes.Index(lower[from:], []byte(word))
		if i < 0 {
			return found
		}
		at := from + i
		from = at + len(word)
		if !wordByte(lower, at-1) && !wordByte(lower, from) {
			found = append(found, at)
		}
	}
}

// wordByte reports whether a name may have the byte at i; false outside of the text.
func wordByte(text []byte, i int) bool {
	if i < 0 || i >= len(text) {
		return false
	}
	c := text[i]
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z'
}

// lowerASCII leaves all other bytes as they are, so that offsets stay the same.
func lowerASCII(text []byte) []byte {
	lower := bytes.Clone(text)
	for i, c := range lower {
		if c >= 'A' && c <= 'Z' {
			lower[i] += 'a' - 'A'
		}
	}
	return lower
}
