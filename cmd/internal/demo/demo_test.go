package demo

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestChangedSeesEveryDifference(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"same", "bytes", "mode", "gone", "run/left-out"} {
		write(name, "1\n", 0o644)
	}
	if err := os.Symlink("same", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	read := func() Files {
		t.Helper()
		files, err := ReadFiles(dir, "/run")
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	before := read()
	if got := Changed(before, read()); len(got) != 0 {
		t.Errorf("nothing was changed, and %v", got)
	}
	write("bytes", "2\n", 0o644)
	write("mode", "1\n", 0o600)
	write("new", "1\n", 0o644)
	write("run/left-out", "2\n", 0o644)
	for _, name := range []string{"gone", "link"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("bytes", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	want := []string{"/bytes", "/gone", "/link", "/mode", "/new"}
	if got := Changed(before, read()); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestEveryStoryEndsWithTheComparison(t *testing.T) {
	for _, kubelet := range []string{"1.34", "1.36", "1.37"} {
		for _, runtime := range []string{"crio", "containerd"} {
			cast, err := NewCast(kubelet, runtime)
			if err != nil {
				t.Fatal(err)
			}
			story, err := cast.Story()
			if err != nil {
				t.Fatal(err)
			}
			if last := story[len(story)-1]; last.Act != ActCompare {
				t.Errorf("%v ends with %q", cast, last.Name)
			}
			if refuses := len(story) < 6; refuses != (kubelet == "1.37" && runtime == "crio") {
				t.Errorf("%v has %d steps", cast, len(story))
			}
		}
	}
}
