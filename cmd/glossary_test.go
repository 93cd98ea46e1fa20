package cmd

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// forbidden are words that plegctl says in another way: it calls a thing what kubectl,
// systemctl, git and kubeadm call it. Each has what to say instead.
var forbidden = func() map[*regexp.Regexp]string {
	words := map[*regexp.Regexp]string{}
	for word, instead := range map[string]string{
		`folders?`:          "directory",
		`overruled?`:        "overridden",
		`bears?`:            "supports, allows",
		`hands? needed`:     "manual steps",
		`(no )?ways? in`:    "access method, no access",
		`is no [a-km-z]\w*`: "is not a", // "is no longer" is fine
		`(take|takes|taken|took|taking) (it )?back`:    "roll back, revert",
		`(not )?as told|told`:                          "as expected, printed",
		`stands? twice|doubled`:                        "duplicate",
		`mends?|mended|mending`:                        "fix, recover",
		`gives? up|gave up|given up`:                   "stops retrying",
		`sayings?`:                                     "assignments",
		`worst news`:                                   "most severe first",
		`somebody else|nobody else`:                    "another program",
		`may not be (read|opened)`:                     "cannot be read: permission denied",
		`cannotSay|willNotStart|unusableEvents|waysIn`: "limitations, startError, malformedEvents, accessMethods",
	} {
		words[regexp.MustCompile(`(?i)\b(`+word+`)\b`)] = instead
	}
	return words
}()

// inspect reports every forbidden word in a text that people read.
func inspect(t *testing.T, where, text string) {
	t.Helper()
	for word, instead := range forbidden {
		for _, found := range word.FindAllStringIndex(text, -1) {
			before := strings.ToLower(text[max(0, found[0]-12):found[0]])
			if strings.HasSuffix(before, "there ") {
				continue // "there is no kubelet" is plain English
			}
			line := 1 + strings.Count(text[:found[0]], "\n")
			t.Errorf("%s:%d: %q: say %s", where, line, text[max(0, found[0]-30):min(len(text), found[1]+20)], instead)
		}
	}
}

// words are those of a name in camel case.
func words(name string) string {
	return regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(name, "$1 $2")
}

func TestHelpAndDocsKeepToTheGlossary(t *testing.T) {
	for _, verb := range append(tree().Commands(), tree()) {
		out, _, _ := run(append(strings.Fields(verb.CommandPath())[1:], "--help")...)
		inspect(t, verb.CommandPath()+" --help", out)
	}
	out, _, _ := run("options")
	inspect(t, "plegctl options", out)
	pages := []string{"../README.md"}
	err := filepath.WalkDir("../docs", func(path string, _ fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); ext == ".md" || ext == ".json" {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		inspect(t, page, string(data))
	}
}

// The text literals, comments and names of every package but the simulated node, and the
// story of the demo.
func TestCodeKeepsToTheGlossary(t *testing.T) {
	stories, err := filepath.Glob("internal/demo/*.yaml")
	if err != nil || len(stories) == 0 {
		t.Fatalf("%v, %v", stories, err)
	}
	for _, story := range stories {
		text, err := os.ReadFile(story)
		if err != nil {
			t.Fatal(err)
		}
		inspect(t, story, string(text))
	}
	literals := 0
	eachFile(t, func(set *token.FileSet, parsed *ast.File) {
		for _, comment := range parsed.Comments {
			inspect(t, set.Position(comment.Pos()).String(), comment.Text())
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok {
				inspect(t, set.Position(name.Pos()).String(), words(name.Name))
			}
			return true
		})
		eachText(set, parsed, func(where, text string) {
			literals++
			inspect(t, where, text)
		})
	})
	if literals < 1000 {
		t.Fatalf("%d texts were read", literals)
	}
}

// eachFile parses every source file but tests and the simulated node.
func eachFile(t *testing.T, do func(*token.FileSet, *ast.File)) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains([]string{"e2e", "testdata", "simnode", "intruder"}, entry.Name()) || strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".."):
			return fs.SkipDir
		case strings.HasSuffix(path, "_test.go") || filepath.Ext(path) != ".go":
			return nil
		}
		parsed, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err == nil {
			do(set, parsed)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eachText hands over every text literal of more than one word.
func eachText(set *token.FileSet, parsed *ast.File, do func(where, text string)) {
	ast.Inspect(parsed, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil && strings.Contains(text, " ") {
				do(set.Position(literal.Pos()).String(), text)
			}
		}
		return true
	})
}
