package cmd

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestDemoKeepsTheNodeOnlyWhenAsked(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	left := func() []string {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(temp, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	demo := func(args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		args = append([]string{"demo", "--kubelet", "1.37"}, args...)
		if code := Main(context.Background(), args, testDeps(nil, &out, &errs, func(string) string { return "" })); code != 0 {
			t.Fatalf("exit %d\n%s%s", code, out.String(), errs.String())
		}
	}
	demo("-q")
	if found := left(); len(found) != 0 {
		t.Errorf("left behind: %v", found)
	}
	demo("-q", "--keep")
	found := left()
	if len(found) != 1 {
		t.Fatalf("kept: %v", found)
	}
	for _, name := range []string{"root/var/lib/kubelet/config.yaml", "journal.export"} {
		if info, err := os.Stat(filepath.Join(found[0], name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
