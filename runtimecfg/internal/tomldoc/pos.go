package tomldoc

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// lineIndex holds the offset at which each line begins.
type lineIndex []int

func newLineIndex(src []byte) lineIndex {
	starts := make(lineIndex, 1, 64)
	for i := 0; ; {
		n := bytes.IndexByte(src[i:], '\n')
		if n < 0 {
			return starts
		}
		i += n + 1
		starts = append(starts, i)
	}
}

// Position is the line and the column of an offset in src, as by [Doc.Pos].
func Position(src []byte, offset int) (line, column int) {
	return newLineIndex(src).pos(src, offset)
}

func (l lineIndex) pos(src []byte, offset int) (line, column int) {
	offset = min(max(offset, 0), len(src))
	i := sort.SearchInts(l, offset+1) - 1
	text := src[l[i]:offset]
	if i == 0 {
		text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	}
	return i + 1, utf8.RuneCount(text) + 1
}

// lineStart and lineEnd give the bounds of the line that holds offset; the end is behind
// its line break. A line of the last statement may have none.
func lineStart(src []byte, offset int) int {
	return bytes.LastIndexByte(src[:offset], '\n') + 1
}

func lineEnd(src []byte, offset int) int {
	if n := bytes.IndexByte(src[offset:], '\n'); n >= 0 {
		return offset + n + 1
	}
	return len(src)
}

// lineBreak is the line break that ends at offset: "\r\n", "\n" or "".
func lineBreak(src []byte, offset int) string {
	switch {
	case bytes.HasSuffix(src[:offset], []byte("\r\n")):
		return "\r\n"
	case bytes.HasSuffix(src[:offset], []byte("\n")):
		return "\n"
	}
	return ""
}
