package kubeletcfg

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/plegctl/plegctl/verify/source"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the want files anew")

// eachCase runs f for every directory of testdata/part with the file "in", and compares what
// it gives with "want".
func eachCase(t *testing.T, part string, f func(t *testing.T, in []byte) []byte) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join("testdata", part, "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases in testdata/%s: %v", part, err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			in, err := os.ReadFile(filepath.Join(dir, "in"))
			if err != nil {
				t.Fatal(err)
			}
			got := f(t, bytes.Clone(in))
			want := filepath.Join(dir, "want")
			if *update {
				if err := os.WriteFile(want, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			wanted, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(wanted), string(got)); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

func TestSetGate(t *testing.T) {
	eachCase(t, "set", func(t *testing.T, in []byte) []byte {
		edit, err := setGate(in, source.ConfigFile, true)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(edit.Before, edit.After) == edit.Changed() {
			t.Errorf("changed is %v", edit.Changed())
		}
		checkRoundTrip(t, source.ConfigFile, in, edit)
		return edit.After
	})
}

func TestSetGateOffAndOnAgain(t *testing.T) {
	dirs, _ := filepath.Glob("testdata/set/*/in")
	for _, path := range dirs {
		in, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		on, err := setGate(in, source.ConfigFile, true)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		off, err := setGate(on.After, source.ConfigFile, false)
		if err != nil || !off.Changed() {
			t.Fatalf("%s: off: changed %v, %v", path, off.Changed(), err)
		}
		again, err := setGate(off.After, source.ConfigFile, true)
		if err != nil {
			t.Fatalf("%s: on again: %v", path, err)
		}
		if on.Changed() && !bytes.Equal(again.After, on.After) {
			t.Errorf("%s: on, off, on:\n%q\nwas:\n%q", path, again.After, on.After)
		}
	}
}

func TestRemoveGate(t *testing.T) {
	eachCase(t, "remove", func(t *testing.T, in []byte) []byte {
		edit, err := removeGate(in, source.ConfigFile)
		if err != nil {
			t.Fatal(err)
		}
		again, err := removeGate(edit.After, source.ConfigFile)
		if err != nil || again.Changed() {
			t.Errorf("removing twice: changed %v, %v", again.Changed(), err)
		}
		return edit.After
	})
}

func TestRefusals(t *testing.T) {
	eachCase(t, "refuse", func(t *testing.T, in []byte) []byte {
		edit, err := setGate(in, source.ConfigFile, true)
		if err == nil {
			t.Fatalf("edited: %q", edit.After)
		}
		checkRefusal(t, in, err)
		if edit.After != nil || edit.Changed() {
			t.Error("a refusal carries an edit")
		}
		return append([]byte(err.Error()), '\n')
	})
}
