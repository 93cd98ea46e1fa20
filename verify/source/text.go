package source

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// Text is a file with its line starts, so that positions can be given as offset and as line
// and column. Lines end where YAML ends them: at LF, CR LF, a lone CR, NEL, LS and
// PS. Columns count characters from 1, as editors and the YAML parser do.
type Text struct {
	Src []byte
	// BOM is the length of a leading byte order mark: 0 or 3.
	BOM   int
	lines []int // offset of the first byte of each line; lines[0] is after the BOM
	// marks count the characters before every markEvery-th byte, so that a position in a
	// very long line is found without counting from its start.
	marks []int
}

const markEvery = 512

// NewText returns a file as text.
func NewText(src []byte) Text {
	t := Text{Src: src}
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		t.BOM = 3
	}
	characters := 0
	for from := 0; from <= len(src); from += markEvery {
		t.marks = append(t.marks, characters)
		characters += countCharacters(src[from:min(from+markEvery, len(src))])
	}
	t.lines = append(t.lines, t.BOM)
	for i := t.BOM; i < len(src); {
		n := breakLen(src, i)
		if n == 0 {
			i++
			continue
		}
		i += n
		t.lines = append(t.lines, i)
	}
	return t
}

// breakLen returns the length of the line break at i, 0 where there is none.
func breakLen(src []byte, i int) int {
	switch src[i] {
	case '\n':
		return 1
	case '\r':
		if i+1 < len(src) && src[i+1] == '\n' {
			return 2
		}
		return 1
	case 0xc2: // NEL is C2 85
		if i+1 < len(src) && src[i+1] == 0x85 {
			return 2
		}
	case 0xe2: // LS and PS are E2 80 A8 and E2 80 A9
		if i+2 < len(src) && src[i+1] == 0x80 && (src[i+2] == 0xa8 || src[i+2] == 0xa9) {
			return 3
		}
	}
	return 0
}

// countCharacters counts the bytes that begin a character.
func countCharacters(src []byte) int {
	n := 0
	for _, c := range src {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// IsBreak reports whether a line break starts at an offset.
func (t Text) IsBreak(off int) bool { return breakLen(t.Src, off) > 0 }

// charactersBefore counts the characters before an offset.
func (t Text) charactersBefore(off int) int {
	mark := off / markEvery
	return t.marks[mark] + countCharacters(t.Src[mark*markEvery:off])
}

// Offset turns line and column (both from 1) into an offset; false where there is no such
// position.
func (t Text) Offset(line, column int) (int, bool) {
	if line < 1 || line > len(t.lines) || column < 1 {
		return 0, false
	}
	start := t.lines[line-1]
	want := t.charactersBefore(start) + column - 1
	mark := sort.SearchInts(t.marks, want+1) - 1
	off := max(start, mark*markEvery)
	for off < len(t.Src) && !utf8.RuneStart(t.Src[off]) {
		off++ // the mark is inside of a character, which is counted before it
	}
	for at := t.charactersBefore(off); at < want; at++ {
		if off >= len(t.Src) {
			return 0, false
		}
		_, n := utf8.DecodeRune(t.Src[off:])
		off += n
	}
	return off, true
}

// Position returns the line and column (from 1) of an offset.
func (t Text) Position(off int) (line, column int) {
	off = min(max(off, t.BOM), len(t.Src))
	line = sort.SearchInts(t.lines, off+1)
	return line, 1 + t.charactersBefore(off) - t.charactersBefore(t.lines[line-1])
}

// LineStart returns the offset of the first byte of the line that holds off.
func (t Text) LineStart(off int) int {
	return t.lines[max(sort.SearchInts(t.lines, off+1), 1)-1]
}

// LineEnd returns the offset of the line break that ends off's line, or the end of the text.
func (t Text) LineEnd(off int) int {
	next := t.NextLine(off)
	for end := off; end < next; end++ {
		if breakLen(t.Src, end) > 0 {
			return end
		}
	}
	return next
}

// NextLine returns the offset of the line after off's, or the end of the text.
func (t Text) NextLine(off int) int {
	if i := sort.SearchInts(t.lines, off+1); i < len(t.lines) {
		return t.lines[i]
	}
	return len(t.Src)
}
