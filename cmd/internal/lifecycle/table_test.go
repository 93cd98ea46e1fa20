package lifecycle

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheTableIsInTheDocuments makes docs/time-bounds.md anew with PLEGCTL_DOCS=write.
func TestTheTableIsInTheDocuments(t *testing.T) {
	const file = "../../../docs/time-bounds.md"
	var want bytes.Buffer
	want.WriteString("# Time bounds\n\nHow long plegctl waits, and for what. `make docs` makes this table from the program.\n\n| bound | limit | what for |\n|---|---|---|\n")
	for _, b := range Bounds() {
		fmt.Fprintf(&want, "| %s | %s | %s |\n", b.Name, b.Limit, b.What)
	}
	want.WriteString("\n## The worst case of each verb\n\n`--timeout` ends a verb earlier. `probe` and `logs --follow` run as long as they are asked to; all others read plegctl's own files only.\n\n| verb | at most | made of |\n|---|---|---|\n")
	for _, b := range Verbs() {
		fmt.Fprintf(&want, "| %s | %s | %s |\n", b.Name, b.Limit, b.What)
	}
	if os.Getenv("PLEGCTL_DOCS") == "write" {
		if err := os.WriteFile(file, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is not the table: run `make docs` (%v)", file, err)
	}
}

// elsewhere is how many lines of cmd still hold a time bound of their own. It only falls.
const elsewhere = 15

// TestTimeBoundsAreInOnePlace counts the bounds outside this package.
func TestTimeBoundsAreInOnePlace(t *testing.T) {
	bound := regexp.MustCompile(`\btime\.(Millisecond|Second|Minute|Hour)\b`)
	count := map[string]int{}
	total := 0
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "simnode" || e.Name() == "demo" || e.Name() == "lifecycle" || e.Name() == "failpoint"):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		data, err := os.ReadFile(path)
		for line := range strings.Lines(string(data)) {
			if bound.MatchString(line) && !strings.HasPrefix(strings.TrimSpace(line), "//") {
				count[path]++
				total++
			}
		}
		return err
	})
	if err != nil || total > elsewhere {
		t.Errorf("%d time bounds outside lifecycle, %d at most (%v): %v", total, elsewhere, err, count)
	}
	t.Logf("%d time bounds outside lifecycle", total)
}
