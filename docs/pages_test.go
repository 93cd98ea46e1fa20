package docs_test

import (
	"strings"
	"testing"

	"github.com/plegctl/plegctl/docs"
	"github.com/plegctl/plegctl/verify"
)

// Every check, state and rung has a page, and every page is of one of them.
func TestEveryPageHasItsCode(t *testing.T) {
	known := map[string]bool{}
	for _, c := range verify.Checks() {
		if known[c.Code] {
			t.Errorf("check %s stands twice", c.Code)
		}
		known[c.Code] = true
	}
	for _, s := range verify.States() {
		known[string(s)] = true
	}
	for _, r := range verify.Rungs() {
		known[r.String()] = true
	}
	pages := map[string]bool{}
	for _, name := range docs.Names() {
		pages[name] = true
		if !known[name] {
			t.Errorf("the page %s is of no check, state or rung", name)
		}
		text, ok := docs.Page(name)
		if !ok || !strings.HasPrefix(text, "# "+name+"\n") {
			t.Errorf("the page %s does not begin with its name", name)
		}
		for i, line := range strings.Split(text, "\n") {
			if len(line) > 140 {
				t.Errorf("%s:%d is %d columns wide", name, i+1, len(line))
			}
		}
	}
	for name := range known {
		if !pages[name] {
			t.Errorf("%s has no page in docs/checks", name)
		}
	}
}

func TestPageIgnoresCase(t *testing.T) {
	for _, name := range []string{"pleg-node-drift", "PLEG-NODE-DRIFT", "Fell-Back", "connected"} {
		if _, ok := docs.Page(name); !ok {
			t.Errorf("no page for %q", name)
		}
	}
	if _, ok := docs.Page("../embed"); ok {
		t.Error("a name reaches out of the folder")
	}
}
