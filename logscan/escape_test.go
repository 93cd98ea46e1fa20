package logscan

import (
	"testing"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"plain text, grüße, 東京":    "plain text, grüße, 東京",
		"\x1b[31mred\x1b[0m":       `\x1b[31mred\x1b[0m`,
		"a\nb\r\tc":                `a\nb\r\tc`,
		"bell\a null\x00 del\x7f":  `bell\x07 null\x00 del\x7f`,
		"csi \u009b31m":            `csi \x9b31m`,
		"\xff\xfe broken \xc3":     `\xff\xfe broken \xc3`,
		"rtl \u202e evil":          `rtl \u202e evil`,
		"zero\u200bwidth\u2028sep": `zero\u200bwidth\u2028sep`,
		"tag \U000e0041":           `tag \U000e0041`,
		"back\\slash":              `back\slash`,
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("\x1b]0;title\a")
	f.Add("ok\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := Escape(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Escape(%q) is no UTF-8: %q", s, got)
		}
		for _, r := range got {
			if unsafe(r) {
				t.Fatalf("Escape(%q) keeps %q", s, r)
			}
		}
		if again := Escape(got); again != got {
			t.Fatalf("Escape is not stable: %q, then %q", got, again)
		}
	})
}
