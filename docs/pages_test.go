package docs_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/docs"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/report"
)

// Everything that plegctl prints by name has a page, and every page is of such a name.
func TestEveryNameHasAPage(t *testing.T) {
	wanted := map[string]bool{}
	for _, c := range verify.Checks() {
		if wanted[c.Code] {
			t.Errorf("duplicate check %s", c.Code)
		}
		wanted[c.Code] = true
	}
	for _, s := range verify.States() {
		wanted[string(s)] = true
	}
	for _, r := range verify.Rungs() {
		wanted[r.String()] = true
	}
	for _, i := range known.AllIssues() {
		wanted[i.Code] = true
	}
	for _, name := range strings.Fields("kubeadm streaming idle closed-at-once ended unsupported unreachable probe-theft probe-crash 0 1 3 4 5 6 7 10 130") {
		wanted[name] = true
	}
	pages := map[string]bool{}
	for _, name := range docs.Names() {
		pages[name] = true
		if !wanted[name] {
			t.Errorf("the page %s explains nothing that plegctl prints", name)
		}
		text, file := docs.Page(name)
		if lines := strings.Split(text, "\n"); file == "" || lines[0] != "# "+name || len(lines) < 3 || lines[2] == "" {
			t.Errorf("the page %s does not begin with its name and a sentence", name)
		}
		for i, line := range strings.Split(text, "\n") {
			if len(line) > 140 {
				t.Errorf("%s:%d is %d columns wide", file, i+1, len(line))
			}
		}
	}
	for name := range wanted {
		if !pages[name] {
			t.Errorf("%s has no page in docs/checks", name)
		}
	}
}

// The pages of known issues are made from their table; `make docs` writes them.
func TestIssuePages(t *testing.T) {
	for _, issue := range known.AllIssues() {
		file, want := "checks/"+issue.Code+".md", issuePage(issue)
		if os.Getenv("PLEGCTL_DOCS") == "write" {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, _ := docs.Page(issue.Code); got != want {
			t.Errorf("docs/%s is not the page of today's table, run make docs", file)
		}
		if issue.Affected == "" || len(issue.Refs) == 0 {
			t.Errorf("%s: affected %q, references %v", issue.Code, issue.Affected, issue.Refs)
		}
	}
}

func issuePage(i known.Issue) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s. Severity: %s.\n\n## What you would see\n\n%s.\n\n## What to do\n\n%s.\n\n## What is affected\n\n%s.\n",
		i.Code, capital(i.Title), report.SeverityName(i.Severity), capital(i.Symptom), capital(i.Advice), capital(i.Affected))
	if i.Risk != "" {
		fmt.Fprintf(&b, "\nThe only way past is `--accept-risk %s`, which is recorded.\n", i.Risk)
	}
	b.WriteString("\n## See\n\n")
	for _, ref := range i.Refs {
		if repo, number, ok := strings.Cut(ref, "#"); ok && strings.Count(repo, "/") == 1 && !strings.Contains(ref, " ") {
			ref = fmt.Sprintf("[%s](https://github.com/%s/issues/%s)", ref, repo, number)
		}
		fmt.Fprintf(&b, "- %s\n", ref)
	}
	// Lines keep to the width of the other pages.
	var out strings.Builder
	for line := range strings.Lines(b.String()) {
		for len(line) > 140 {
			cut := strings.LastIndexByte(line[:139], ' ')
			out.WriteString(line[:cut] + "\n")
			line = line[cut+1:]
		}
		out.WriteString(line)
	}
	return out.String()
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func TestPageIgnoresCase(t *testing.T) {
	for _, name := range []string{"pleg-node-drift", "PLEG-NODE-DRIFT", "Fell-Back", "connected", "4"} {
		if _, file := docs.Page(name); file == "" {
			t.Errorf("no page for %q", name)
		}
	}
	if _, file := docs.Page("../embed"); file != "" {
		t.Error("a name reaches out of the directory")
	}
}
