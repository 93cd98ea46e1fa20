package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/verify/report"
)

// The pages in docs/commands and docs/man are made from the command tree; `make docs`
// writes them, and this test fails when they are not those of today's tree.
func TestDocs(t *testing.T) {
	want := generatedPages(t)
	if os.Getenv("PLEGCTL_DOCS") == "write" {
		writePages(t, want)
		return
	}
	for name, page := range want {
		got, err := os.ReadFile(filepath.Join("../docs", name))
		if err != nil {
			t.Errorf("%v: run make docs", err)
			continue
		}
		if diff := cmp.Diff(page, string(got)); diff != "" {
			t.Errorf("docs/%s is not of today's command tree, run make docs (-tree +file):\n%s", name, diff)
		}
	}
	for _, dir := range []string{"commands", "man"} {
		entries, _ := os.ReadDir(filepath.Join("../docs", dir))
		for _, entry := range entries {
			if _, ok := want[dir+"/"+entry.Name()]; !ok {
				t.Errorf("docs/%s/%s is of no command, run make docs", dir, entry.Name())
			}
		}
	}
}

func generatedPages(t *testing.T) map[string]string {
	t.Helper()
	deps := testDeps(nil, &bytes.Buffer{}, &bytes.Buffer{}, func(string) string { return "" })
	root := newRootCommand(deps)
	root.DisableAutoGenTag = true
	root.InitDefaultCompletionCmd("completion")
	pages := map[string]string{}
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		if c.Hidden || c.Name() == "help" {
			return
		}
		name := strings.ReplaceAll(c.CommandPath(), " ", "_")
		if text := c.Annotations[cli.ExitStatusKey]; text != "" {
			c.Long += "\n\nExit status: " + text + "."
		}
		if name == "plegctl" {
			c.Long += "\n\nFiles: /etc/plegctl/config.yaml holds settings, /var/lib/plegctl the change history."
		}
		c.InitDefaultHelpFlag()
		c.Flags().Lookup("help").Hidden = true
		var markdown, man bytes.Buffer
		if err := doc.GenMarkdown(c, &markdown); err != nil {
			t.Fatal(err)
		}
		// A fixed date, so that the page changes only when the command does.
		date := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		if err := doc.GenMan(c, &doc.GenManHeader{Section: "8", Date: &date, Source: "plegctl"}, &man); err != nil {
			t.Fatal(err)
		}
		pages["commands/"+name+".md"] = strings.ReplaceAll(markdown.String(), "[=true|false]", "")
		pages["man/"+strings.ReplaceAll(name, "_", "-")+".8"] = man.String()
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
	return pages
}

func writePages(t *testing.T, pages map[string]string) {
	t.Helper()
	for _, dir := range []string{"../docs/commands", "../docs/man"} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, page := range pages {
		if err := os.WriteFile(filepath.Join("../docs", name), []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The table of formats in docs/scripting.md is made from the table that the command line,
// completion and help use.
func TestDocsFormats(t *testing.T) {
	const page, begin, end = "../docs/scripting.md", "-->\n", "<!-- end of formats -->"
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(data), "<!-- formats: ")
	comment, rest, _ := strings.Cut(rest, begin)
	_, tail, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatalf("%s has no place for the table of formats", page)
	}
	table := "| format | commands | what |\n|---|---|---|\n"
	for _, f := range report.Formats() {
		var verbs, without []string
		for _, verb := range tree().Commands() {
			switch {
			case verb.Hidden || verb.Name() == "completion" || verb.Name() == "help":
			case f.Supports(verb.Name()):
				verbs = append(verbs, "`"+verb.Name()+"`")
			default:
				without = append(without, verb.Name())
			}
		}
		if len(without) == 0 {
			verbs = []string{"all"}
		}
		table += "| `-o " + f.Name + "` | " + strings.Join(verbs, ", ") + " | " + f.Help + " |\n"
	}
	want := head + "<!-- formats: " + comment + begin + table + end + tail
	if os.Getenv("PLEGCTL_DOCS") == "write" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("run make docs (-table +file):\n%s", diff)
	}
}
