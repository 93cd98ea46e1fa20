package docs_test

import (
	"os"
	"strings"
	"testing"
)

// Every module that plegctl asks for itself has its reason in dependencies.md, under its
// name without the host, as people write it.
func TestEveryDependencyHasItsReason(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		if !strings.HasPrefix(line, "\t") || strings.Contains(line, "// indirect") || len(fields) != 2 {
			continue
		}
		seen++
		name := strings.TrimPrefix(fields[0], "github.com/")
		if major := strings.LastIndex(name, "/v"); major > 0 && !strings.Contains(string(page), "`"+name) {
			name = name[:major]
		}
		if !strings.Contains(string(page), "`"+name) {
			t.Errorf("dependencies.md says nothing of %s", fields[0])
		}
	}
	if seen < 10 {
		t.Errorf("only %d modules were found in go.mod", seen)
	}
}
