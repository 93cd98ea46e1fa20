package kubeletcfg

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/plegctl/plegctl/verify/source"

	"github.com/google/go-cmp/cmp"
)

func TestDropInOrder(t *testing.T) {
	names := []string{"20-a.conf", "10-sub/zz.conf", "notes.txt", ".conf", "a/x.conf", "a-b.conf", "a.conf", "B.conf", "x.conf.bak", "10-sub/deep/b.conf", "é.conf", "sub.conf/readme"}
	read, skipped := DropInOrder(names)
	want := []string{".conf", "10-sub/deep/b.conf", "10-sub/zz.conf", "20-a.conf", "B.conf", "a/x.conf", "a-b.conf", "a.conf", "é.conf"}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"notes.txt", "sub.conf/readme", "x.conf.bak"}, skipped); diff != "" {
		t.Error(diff)
	}
}

// The order is that of filepath.WalkDir, which the kubelet uses.
func TestDropInOrderIsThatOfAWalk(t *testing.T) {
	dir := t.TempDir()
	names := []string{"b.conf", "a/z.conf", "a-.conf", "a.conf", "a/a/b.conf", "A.conf", "a b.conf", "0.conf", "a/!.conf", "~.conf", "a/a.conf"}
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var walked []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			walked = append(walked, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	read, _ := DropInOrder(names)
	if diff := cmp.Diff(walked, read); diff != "" {
		t.Error(diff)
	}
}

func TestDropInNameWins(t *testing.T) {
	for _, names := range [][]string{
		nil,
		{"10-a.conf"},
		{"90-plegctl.conf"},
		{"90-z.conf"},
		{"99-z.conf"},
		{"99-z/a.conf"},
		{"zz.conf"},
		{"zzz/z.conf"},
		{"zz-plegctl.conf", "zzz.conf"},
		{"~.conf"},
		{"é.conf"},
		{"99-zzz.bak"},
		{"A.conf"},
		{"90-plegctl.conf", "91.conf"},
	} {
		name := testEditor().DropInName(names)
		others := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
		read, _ := DropInOrder(append(others, name))
		if read[len(read)-1] != name {
			t.Errorf("%q: %s does not win: %q", names, name, read)
		}
		if again := testEditor().DropInName(append(others, name)); again != name {
			t.Errorf("%q: %s, and then %s", names, name, again)
		}
	}
	if got := testEditor().DropInName([]string{"10-a.conf", "99-z.txt"}); got != "90-plegctl.conf" {
		t.Errorf("got %s", got)
	}
}

func TestDropInIsReadAsMeant(t *testing.T) {
	for _, on := range []bool{true, false} {
		d, bad := readDocument(testEditor().DropIn("EventedPLEG", on))
		if bad != nil || d.strict != nil || d.checkKind() != nil {
			t.Fatalf("%v %v %v", bad, d.strict, d.checkKind())
		}
		if diff := cmp.Diff(map[string]any{"EventedPLEG": on}, gatesIn(d.value)); diff != "" {
			t.Error(diff)
		}
		edit, err := setGate(testEditor().DropIn("EventedPLEG", on), source.DropIn, on)
		if err != nil || edit.Changed() {
			t.Errorf("changed %v, %v", edit.Changed(), err)
		}
	}
}
