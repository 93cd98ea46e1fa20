package runtimecfg

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the want files anew")

// eachCase runs f on every directory of testdata/group, with its file in.
func eachCase(t *testing.T, group string, f func(t *testing.T, dir string, in []byte)) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join("testdata", group, "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases in %s: %v", group, err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			in, err := os.ReadFile(filepath.Join(dir, "in"))
			if err != nil && !os.IsNotExist(err) {
				if _, err := os.ReadDir(filepath.Join(dir, "in")); err != nil {
					t.Fatal(err)
				}
			}
			f(t, dir, in)
		})
	}
}

// golden compares with the case's want file.
func golden(t *testing.T, dir string, got []byte) {
	t.Helper()
	path := filepath.Join(dir, "want")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
