package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
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
	for _, name := range strings.Fields("kubeadm problems streaming idle closed-at-once ended unsupported unreachable probe-theft probe-crash 0 1 3 4 5 6 7 10 130") {
		wanted[name] = true
	}
	for _, p := range problemCodes(t) {
		wanted[p.code] = true
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

// problem is a code of a problem in a configuration: its constant's comment explains it.
type problem struct{ code, text, where string }

// problemCodes reads the constants of type source.Code.
func problemCodes(t *testing.T) []problem {
	t.Helper()
	var found []problem
	for _, from := range []struct{ dir, where string }{
		{"../kubeletcfg", "The kubelet's flags and configuration"},
		{"../runtimecfg", "The configuration of the runtime"},
		{"../verify/start", "A unit or an argument file"},
	} {
		files, err := filepath.Glob(from.dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		before := len(found)
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				spec, ok := n.(*ast.ValueSpec)
				if !ok {
					return true
				}
				if of, ok := spec.Type.(*ast.SelectorExpr); !ok || of.Sel.Name != "Code" {
					return true
				}
				code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				name, text, ok := strings.Cut(strings.Join(strings.Fields(spec.Doc.Text()), " "), ": ")
				if err != nil || !ok || name != spec.Names[0].Name {
					t.Errorf("%s: %s has the comment %q, want %s: what the daemon does", file, code, spec.Doc.Text(), spec.Names[0].Name)
				}
				found = append(found, problem{code, text, from.where})
				return true
			})
		}
		if len(found) == before {
			t.Errorf("%s has no problem code", from.dir)
		}
	}
	return found
}

// The page of problems is made from the comments of their codes; `make docs` writes it.
func TestProblemsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# problems\n\nThe codes of the problems in a configuration: `status -v`, `preflight -v` and JSON documents name them.\n\n" +
		"With a fatal problem the daemon does not start.\n")
	for _, p := range problemCodes(t) {
		fmt.Fprintf(&b, "\n## %s\n\n%s: %s\n", p.code, p.where, p.text)
	}
	if os.Getenv("PLEGCTL_DOCS") == "write" {
		if err := os.WriteFile("checks/problems.md", []byte(folded(b.String())), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got, _ := docs.Page("problems"); got != folded(b.String()) {
		t.Error("docs/checks/problems.md is not the page of today's codes, run make docs")
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
	return folded(b.String())
}

// folded keeps lines to the width of the other pages.
func folded(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
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
