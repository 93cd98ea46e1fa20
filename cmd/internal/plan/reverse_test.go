package plan

import "testing"

func TestReverse(t *testing.T) {
	const before, after = "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\ngate: true\nc: 3\n"
	for name, c := range map[string]struct {
		now, want string
		ok        bool
	}{
		"a comment elsewhere":    {"# ours\na: 1\nb: 2\ngate: true\nc: 3\n", "# ours\na: 1\nb: 2\nc: 3\n", true},
		"more at the end":        {after + "d: 4\n", before + "d: 4\n", true},
		"our line was edited":    {"a: 1\nb: 2\ngate: false\nc: 3\n", "", false},
		"our lines stand twice":  {after + after, "", false},
		"the line beside is new": {"a: 1\nb: 2\ngate: true # theirs\nc: 3\n", "", false},
		"another file":           {"x: 1\n", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := reverse([]byte(before), []byte(after), []byte(c.now))
			if ok != c.ok || string(got) != c.want {
				t.Errorf("%v %q", ok, got)
			}
		})
	}
	if got, ok := reverse([]byte("a\nold\n"), []byte("a\nnew\n"), []byte("# x\na\nnew\n")); !ok || string(got) != "# x\na\nold\n" {
		t.Errorf("a replaced line: %v %q", ok, got)
	}
}
