package kubeletcfg

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// addCases seeds a fuzz target with the inputs of the table tests.
func addCases(f *testing.F, parts ...string) [][]byte {
	f.Helper()
	var all [][]byte
	for _, part := range parts {
		names, err := filepath.Glob(filepath.Join("testdata", part, "*", "in"))
		if err != nil || len(names) == 0 {
			f.Fatalf("no seeds in %s: %v", part, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			all = append(all, data)
		}
	}
	return all
}

func fuzzEdit(t *testing.T, kind source.Kind, src []byte, on bool) {
	before := bytes.Clone(src)
	edit, err := setGate(src, kind, on)
	if !bytes.Equal(before, src) {
		t.Fatal("the input was written to")
	}
	if err != nil {
		checkRefusal(t, src, err)
		return
	}
	if edit.Changed() == bytes.Equal(src, edit.After) {
		t.Fatalf("changed is %v", edit.Changed())
	}
	again, err := setGate(edit.After, kind, on)
	if err != nil || again.Changed() {
		t.Fatalf("set twice: changed %v, %v\n%q", again.Changed(), err, edit.After)
	}
	removed, err := removeGate(edit.After, kind)
	had, hadErr := removeGate(src, kind)
	if edit.Changed() && hadErr == nil && !had.Changed() {
		if err != nil {
			t.Fatalf("set and not removed: %v\n%q", err, edit.After)
		}
		if !bytes.Equal(removed.After, src) {
			t.Fatalf("set and removed:\n%q\nwas\n%q\nbetween\n%q", removed.After, src, edit.After)
		}
	}
	// The reader of this package must see what its editor wrote.
	in := Inputs{Version: known.V(1, 36, 3)}
	if kind == source.ConfigFile {
		in.Config = &source.File{Path: "config.yaml", Data: edit.After}
	} else {
		in.DropIns = &DropInDir{Path: "d", Files: []source.File{{Path: "d/a.conf", Data: edit.After}}}
	}
	if g := Read(in).Gate("EventedPLEG"); g.Value != on {
		t.Fatalf("set to %v, and read as %+v\n%q", on, g, edit.After)
	}
}

func FuzzSetGate(f *testing.F) {
	for _, data := range addCases(f, "set", "remove", "refuse") {
		f.Add(data, true)
		f.Add(data, false)
	}
	f.Fuzz(func(t *testing.T, src []byte, on bool) { fuzzEdit(t, source.ConfigFile, src, on) })
}

func FuzzSetGateInDropIn(f *testing.F) {
	for _, data := range addCases(f, "set", "remove") {
		f.Add(data, true)
	}
	f.Fuzz(func(t *testing.T, src []byte, on bool) { fuzzEdit(t, source.DropIn, src, on) })
}

func FuzzRemoveGate(f *testing.F) {
	for _, data := range addCases(f, "set", "remove", "refuse") {
		f.Add(data, false)
		f.Add(bytes.ReplaceAll(data, []byte("A:"), []byte("EventedPLEG:")), true)
	}
	f.Fuzz(func(t *testing.T, src []byte, dropIn bool) {
		kind := source.ConfigFile
		if dropIn {
			kind = source.DropIn
		}
		edit, err := removeGate(src, kind)
		if err != nil {
			checkRefusal(t, src, err)
			return
		}
		again, err := removeGate(edit.After, kind)
		if err != nil || again.Changed() {
			t.Fatalf("removed twice: changed %v, %v\n%q", again.Changed(), err, edit.After)
		}
	})
}

func FuzzRead(f *testing.F) {
	versions := []known.Version{{}, known.V(1, 25, 0), known.V(1, 27, 3), known.V(1, 28, 15), known.V(1, 31, 2), known.V(1, 34, 9), known.V(1, 37, 2), known.V(1, 40, 0)}
	for i, data := range addCases(f, "set", "refuse") {
		f.Add(data, data, "EventedPLEG=true,AllAlpha=0", byte(i))
	}
	f.Fuzz(func(t *testing.T, config, dropIn []byte, gates string, n byte) {
		in := Inputs{
			Version: versions[int(n)%len(versions)],
			Config:  &source.File{Path: "config.yaml", Data: config},
			DropIns: &DropInDir{Path: "d", Link: n > 250, Files: []source.File{{Path: "d/a.conf", Data: dropIn}, {Path: "d/b.conf", Data: config}}},
			Command: process("kubelet", "--feature-gates="+gates, "--v", gates, gates),
		}
		c := Read(in)
		c.Settings()
		g := c.Gate("EventedPLEG")
		if slices.Contains(g.Overridden, g.Assignment) && g.At.Arg == 0 {
			t.Errorf("the winner is overridden: %+v", g)
		}
		for _, m := range c.Mentions("EventedPLEG") {
			if m.Counts == (m.Why != "") {
				t.Errorf("incomplete mention %+v", m)
			}
		}
		for _, p := range c.Problems() {
			if p.Code == "" || p.Effect == "" || p.Message == "" {
				t.Errorf("incomplete problem %+v", p)
			}
		}
	})
}

func FuzzCommandLine(f *testing.F) {
	f.Add("kubelet\x00--config\x00/a\x00--feature_gates=A=true\x00-v\x004\x00--\x00x")
	f.Add("/bin/nice\x00kubelet\x00-v4\x00--v\x00-h")
	f.Fuzz(func(t *testing.T, joined string) {
		args := strings.Split(joined, "\x00")
		c := CommandLineOf(process(args...))
		if len(c.Flags) >= len(args)+1 {
			t.Errorf("%d arguments gave %+v", len(args), c)
		}
		Read(Inputs{Command: process(args...)}).Gate("EventedPLEG")
	})
}

func FuzzDropInName(f *testing.F) {
	f.Add("a.conf\x0090-x/b.conf\x00zz.conf")
	f.Fuzz(func(t *testing.T, joined string) {
		names := strings.Split(joined, "\x00")
		name := testEditor().DropInName(names)
		read, _ := DropInOrder(append(names, name))
		if len(read) == 0 || read[len(read)-1] != name {
			t.Errorf("%q does not win over %q", name, names)
		}
	})
}

func TestEditErrorHasThePath(t *testing.T) {
	_, err := testEditor().SetGate(source.File{Path: "/c", Data: []byte("kind: X\n")}, source.ConfigFile, "EventedPLEG", true)
	var refused *source.EditError
	if !errors.As(err, &refused) || err.Error() != `/c:1:7: kind is "X": not a KubeletConfiguration at the top level` {
		t.Errorf("%v", err)
	}
}
