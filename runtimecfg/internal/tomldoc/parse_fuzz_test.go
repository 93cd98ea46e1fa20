package tomldoc

import (
	"errors"
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

// FuzzParseBurntSushi holds our model of CRI-O's reader against that reader.
func FuzzParseBurntSushi(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var want map[string]any
		_, judge := burnt.Decode(string(src), &want)
		_, err := Parse(src, BurntSushi)
		var refused *Error
		if errors.As(err, &refused) && refused.Unsure {
			return
		}
		if (judge == nil) != (err == nil) {
			t.Fatalf("BurntSushi: %v\nwe: %v", judge, err)
		}
	})
}

// FuzzParseGoTOML: what go-toml accepts, we read.
func FuzzParseGoTOML(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var want map[string]any
		judge := gotoml.Unmarshal(src, &want)
		_, err := Parse(src, GoTOML)
		if (judge == nil) != (err == nil) {
			t.Fatalf("go-toml: %v\nwe: %v", judge, err)
		}
	})
}
