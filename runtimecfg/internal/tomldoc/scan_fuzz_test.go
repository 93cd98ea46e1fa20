package tomldoc

import (
	"bytes"
	"testing"

	burnt "github.com/BurntSushi/toml"
	gotoml "github.com/pelletier/go-toml/v2"
)

func seeds() []string {
	return []string{
		"", "\n", "# c\n", "a = 1", "a = 1\n", "[a]\nb = true # c\n", "[a.b]\n[a]\nc = [1, 2, # x\n 3]\n",
		"a.b.c = 1\na.b.d = 2\n", "[a]\nb.c = 1\n[a.b]\nd = 2\n", "a = {b = {c = 1}, d.e = 2}\na.f = 3\n",
		"[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 1\n", "a = [{b = 1}, {b = 2}]\n", "a = [[{x=1}], 2]\n",
		"\xef\xbb\xbf[crio.runtime]\r\nenable_pod_events = true\r\n", "x = nan\ny = 1979-05-27T07:32:00Z\nz = 07:32\n",
		"a = \"\"\"x\n[b]\n\"\"\"\n[b]\nc='''\n'''\n", "\"a b\".'c' = 0x1F\n", "a=1_000\nb=1e5\nc=-inf\nd=+0\n",
		"a.b = 1\na = []\n", "a.b = 1\na = 3\n", "a = {x=1}\na = {y=1}\n", "[a]\n[a]\n", "a=1\na=2\n", "a : 1\n",
		"a = True\n", "a = {\n b = 1, # c\n c = 2,\n}\n", "a = \"\\e\\x41\\u0041\"\n", "a.\"\" = [1]\na = {x=1}\n",
		"[crio]\n[crio.runtime]\nx=1\n[CRIO.Runtime]\nx=2\n", "a = 2021-02-30\n", "a = 9223372036854775808\n", "a = 1e999\n", "\x00", "a = \"\x01\"\n",
	}
}

// burntSushi and goTOML are the libraries of CRI-O and of containerd 2.
func burntSushi(data []byte, v any) error {
	_, err := burnt.Decode(string(data), v)
	return err
}

func goTOML(data []byte, v any) error {
	return gotoml.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), v)
}

func decoders() map[string]Decode {
	return map[string]Decode{"BurntSushi": burntSushi, "go-toml": goTOML}
}

// FuzzScan: what go-toml accepts is scanned, and each of its values has a place.
func FuzzScan(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var want map[string]any
		accepted := goTOML(src, &want) == nil
		d, err := Scan(src)
		if err != nil {
			if accepted && len(src) < 1000 {
				t.Fatalf("go-toml accepts it: %v", err)
			}
			return
		}
		if accepted {
			checkPlaces(t, d, d.Root, want)
		}
	})
}

func checkPlaces(t *testing.T, d *Doc, n *Node, want map[string]any) {
	t.Helper()
	if len(n.Kids()) != len(want) {
		t.Fatalf("%d keys below %q, go-toml has %v", len(n.Kids()), n.Path(), want)
	}
	for _, kid := range n.Kids() {
		v, ok := want[kid.Name]
		if !ok {
			t.Fatalf("go-toml has no %q in %v", kid.Path(), want)
		}
		if table, isTable := v.(map[string]any); isTable {
			if !kid.IsTable() {
				t.Fatalf("%q is a table", kid.Path())
			}
			checkPlaces(t, d, kid, table)
		} else if on, isBool := v.(bool); isBool {
			if got, ok := kid.Value.Bool(); !ok || got != on {
				t.Fatalf("%q is %t", kid.Path(), on)
			}
		}
	}
}
