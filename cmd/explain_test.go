package cmd

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A code that plegctl can print is one that it can explain, without a node or a network.
func TestEveryPrintedCodeCanBeExplained(t *testing.T) {
	code := regexp.MustCompile(`"(PLEG-[A-Z]+(?:-[A-Z]+)+)"`)
	codes := map[string]string{}
	for _, dir := range []string{"..", "."} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, found := range code.FindAllSubmatch(text, -1) {
				codes[string(found[1])] = path
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(codes) < 40 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	for one, path := range codes {
		var out, errs bytes.Buffer
		if exit := Main(context.Background(), []string{"explain", strings.ToLower(one)}, testDeps(nil, &out, &errs, func(string) string { return "" })); exit != 0 {
			t.Errorf("%s (in %s): exit %d, %s", one, path, exit, errs.String())
		}
		if !strings.HasPrefix(out.String(), "# "+one+"\n") {
			t.Errorf("%s: its page begins with %.40q", one, out.String())
		}
	}
}
