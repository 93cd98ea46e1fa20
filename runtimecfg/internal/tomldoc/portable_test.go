package tomldoc

import "testing"

func TestTOML11(t *testing.T) {
	for src, want := range map[string]int{
		"a = {b = 1, c = [1, {d = 2}]}\n":                 -1,
		"a = { }\nb = [\n 1,\n]\n":                        -1,
		"a = 07:32:00\nb = 1979-05-27T07:32:00+01:00\n":   -1,
		"a = '\\e\\x41'\nb = \"\\\\e\"\nc = 1979-05-27\n": -1,
		"a = {\n b = 1 }\n":                               4,
		"a = {\n}\n":                                      4,
		"a = {b = 1,}\n":                                  4,
		"a = {b = 1\n}\n":                                 4,
		"a = [1, {b = 1, # c\n c = 2}]\n":                 8,
		"a = {b = {c = 1,}}\n":                            9,
		"x = 1\na = 07:32\n":                              10,
		"a = 1979-05-27 07:32Z\n":                         4,
		"a = [\"x\", \"\\e[1m\"]\n":                       10,
		"a = \"\"\"\n\\x41\"\"\"\n":                       4,
	} {
		d, err := Parse([]byte(src), BurntSushi)
		if err != nil {
			t.Fatalf("%q: %v", src, err)
		}
		if at, what, found := d.TOML11(); found != (want >= 0) || found && (at != want || what == "") {
			t.Errorf("%q: %d %q %t, want %d", src, at, what, found, want)
		}
	}
}
