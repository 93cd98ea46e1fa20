package runtimecfg

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gotoml "github.com/pelletier/go-toml/v2"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// seedFiles feeds the inputs of the table tests to a fuzz target.
func seedFiles(f *testing.F, groups ...string) {
	f.Helper()
	for _, group := range groups {
		for _, pattern := range []string{"*/in", "*/in/etc/*/*", "*/in/etc/*/*/*"} {
			paths, _ := filepath.Glob(filepath.Join("testdata", group, pattern))
			for _, p := range paths {
				if data, err := os.ReadFile(p); err == nil {
					f.Add(data)
				}
			}
		}
	}
}

// FuzzSet: CRI-O's own reader is the judge of each edit.
func FuzzSet(f *testing.F) {
	seedFiles(f, "crio-set", "crio-refused", "crio-effective")
	f.Fuzz(func(t *testing.T, src []byte) {
		edit, err := crioEditor().Set(src, true)
		if err != nil {
			return
		}
		if on, err := crioReads(edit.After); (err == nil) && !on {
			t.Fatalf("CRI-O reads false from %q", edit.After)
		}
		removed, err := crioEditor().Remove(src)
		if err != nil || removed.Changed() || bytes.Contains(src, []byte(crioEditor().note())) {
			return
		}
		back, err := crioEditor().Remove(edit.After)
		if err != nil || !bytes.Equal(back.After, src) {
			t.Fatalf("%v\nwas %q\nset %q\nnow %q", err, src, edit.After, back.After)
		}
	})
}

// FuzzEffectiveCRIO: what we call fatal CRI-O's reader refuses, and the other way round;
// where the value is known it reads the same.
func FuzzEffectiveCRIO(f *testing.F) {
	seedFiles(f, "crio-set", "crio-refused", "crio-effective")
	f.Fuzz(func(t *testing.T, src []byte) {
		c := Effective(known.CRIO, Inputs{Version: known.V(1, 36, 3), Files: configFile(known.CRIO, src)})
		on, err := crioReads(src)
		unsure := slices.ContainsFunc(c.Problems, func(p source.Problem) bool { return p.Code == codeCRIOUnread })
		if unsure && c.PodEvents.Known {
			t.Fatalf("not read and yet known: %+v", c)
		}
		p, fatal := source.FirstFatal(c.Problems)
		if (err != nil) != fatal && !unsure && p.Code != codeCRIOType { // the judge has one key only
			t.Fatalf("CRI-O: %v\nwe: %+v", err, c.Problems)
		}
		if c.PodEvents.Known && c.PodEvents.Value != on {
			t.Fatalf("CRI-O reads %t, we say %+v", on, c.PodEvents)
		}
		for _, p := range c.Problems {
			if p.At.Line < 0 || p.At.Line > bytes.Count(src, []byte("\n"))+1 {
				t.Fatalf("a problem outside of the file: %+v", p)
			}
		}
	})
}

// FuzzEffectiveContainerd: go-toml decoding into a struct like containerd's is the judge.
func FuzzEffectiveContainerd(f *testing.F) {
	seedFiles(f, "containerd-set", "containerd-effective", "containerd-refused")
	v, err := known.Parse("2.1.5")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		c := Effective(known.Containerd, Inputs{Version: v, Files: configFile(known.Containerd, src)})
		Effective(known.Containerd, Inputs{Version: known.V(1, 7, 34), KnowsPodEvents: true, Files: configFile(known.Containerd, src)})
		var judge struct {
			Version         int      `toml:"version"`
			DisabledPlugins []string `toml:"disabled_plugins"`
		}
		if err := gotoml.Unmarshal(src, &judge); err != nil || c.refused() {
			return
		}
		if want := max(judge.Version, 1); want != c.configVersion {
			t.Fatalf("go-toml reads version %d, we say %d", want, c.configVersion)
		}
		rules := containerdRulesAt(v)
		on := true
		for _, e := range judge.DisabledPlugins {
			on = on && !rules.turnsOffCRI(e, judge.Version)
		}
		if on != c.CRI.Value {
			t.Fatalf("disabled %q: we say %+v", judge.DisabledPlugins, c.CRI)
		}
	})
}
