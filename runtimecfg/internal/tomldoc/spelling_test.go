package tomldoc

import (
	"errors"
	"testing"
)

// TestSpelling: names of any characters are written so that they are read as they were
// meant, and in the quotes that the document uses.
func TestSpelling(t *testing.T) {
	for _, test := range []struct {
		src    string
		target Target
		want   string
	}{
		{"", Target{Table: []string{"plain-1_x"}, Key: "k"}, "[plain-1_x]\nk = true\n"},
		{"", Target{Table: []string{"with blank", "a.b"}, Key: "ü"}, "[\"with blank\".\"a.b\"]\n\"ü\" = true\n"},
		{"", Target{Table: []string{""}, Key: "a\"b\\c\n\x7f"}, "[\"\"]\n\"a\\\"b\\\\c\\u000A\\u007F\" = true\n"},
		{"['a.b'.c]\nx = 1\n", Target{Table: []string{"a.b", "d"}, Key: "k"}, "['a.b'.c]\nx = 1\n\n['a.b'.d]\nk = true\n"},
		{"x = 1", Target{Key: "k"}, "x = 1\nk = true"},
		{"# top\n[a]\n", Target{Key: "k"}, "k = true\n# top\n[a]\n"},
	} {
		got, err := SetBool([]byte(test.src), goTOML, test.target, true)
		if err != nil || string(got.After) != test.want {
			t.Errorf("%q: %v\n got %q\nwant %q", test.src, err, got.After, test.want)
			continue
		}
		judge(t, burntSushi, []byte(test.src), got.After, func(m map[string]any) { setIn(m, test.target.path(), true) })
		if line, column := Position(got.After, got.Offset); line < 1 || column < 1 {
			t.Errorf("%q: key at %d:%d", test.src, line, column)
		}
	}
}

// TestNoteRemovesItsTable: only a header with the note goes, and only when it is empty.
func TestNoteRemovesItsTable(t *testing.T) {
	target := Target{Table: []string{"a"}, Key: "k", Note: note}
	for src, want := range map[string]string{
		"x = 1\n\n[a] # ours\nk = true\n":                        "x = 1\n",
		"x = 1\n\n[a] # ours\nk = true\n\n[b]\ny = 1\n":          "x = 1\n\n[b]\ny = 1\n",
		"x = 1\n\n[a]\nk = true\n":                               "x = 1\n\n[a]\n",
		"x = 1\n\n[a] # ours\nk = true\nadded = 1\n":             "x = 1\n\n[a] # ours\nadded = 1\n",
		"x = 1\n\n[a] # ours\nk = true\n# a person wrote here\n": "x = 1\n\n[a] # ours\n# a person wrote here\n",
		"x = 1\n\n[a] # ours\nk = true\n[a.b]\nc = 1\n":          "x = 1\n[a.b]\nc = 1\n",
		"[a] # ours\nk = true\n":                                 "",
		"[a] # ours\r\nk = true # c\r\n":                         "",
		"a.b = 1\na.k = true\n":                                  "a.b = 1\n",
	} {
		got, err := Remove([]byte(src), burntSushi, target)
		if err != nil || string(got.After) != want {
			t.Errorf("%q: %v\n got %q\nwant %q", src, err, got.After, want)
		}
	}
	if got, err := Remove([]byte("x = 1\n"), burntSushi, target); err != nil || got.Found || string(got.After) != "x = 1\n" {
		t.Errorf("nothing to remove: %+v, %v", got, err)
	}
	var refused *Error
	for _, src := range []string{"[a.k]\n", "a = {b = 1, k = true}\n"} {
		if _, err := Remove([]byte(src), burntSushi, target); !errors.As(err, &refused) || !refused.Edit {
			t.Errorf("%q is not refused: %v", src, err)
		}
	}
}
