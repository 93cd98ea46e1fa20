package source_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/plegctl/plegctl/verify/source"
)

func TestTextPositions(t *testing.T) {
	long := strings.Repeat("ü", 1000)
	for src, want := range map[string]string{
		"a\nb":                  "1:1 1:2 2:1 2:2",
		"a\r\nb\rc":             "1:1 1:2 1:3 2:1 2:2 3:1 3:2",
		"\ufeffa\n":             "1:1 1:1 1:1 1:1 1:2 2:1",
		"x\u0085y":              "1:1 1:2 1:3 2:1 2:2",
		"\n" + long + "z":       "",
		"\nx" + long + "z":      "",
		"a\u2028b\u2029c\u00e9": "",
	} {
		text := source.NewText([]byte(src))
		var got []string
		for off := range len(src) + 1 {
			line, column := text.Position(off)
			got = append(got, fmt.Sprintf("%d:%d", line, column))
			if off < len(src) && !utf8.RuneStart(src[off]) {
				continue
			}
			back, ok := text.Offset(line, column)
			if again, at := text.Position(back); !ok || again != line || at != column {
				t.Errorf("%.20q: %d:%d is at %d (%v), which is %d:%d", src, line, column, back, ok, again, at)
			}
			if start, end := text.LineStart(off), text.LineEnd(off); off >= text.BOM && (start > off || end > text.NextLine(off)) {
				t.Errorf("%.20q: line of %d is [%d, %d)", src, off, start, end)
			}
		}
		if joined := strings.Join(got, " "); want != "" && joined != want {
			t.Errorf("%q: %s, want %s", src, joined, want)
		}
	}
	for _, at := range [][2]int{{0, 1}, {1, 0}, {3, 1}, {2, 9}} {
		if off, ok := source.NewText([]byte("a\nb")).Offset(at[0], at[1]); ok {
			t.Errorf("%v is at %d", at, off)
		}
	}
}
