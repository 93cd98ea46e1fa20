package cmd

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
)

// An example in the docs is a console block after a comment
//
//	<!-- example: runtime=cri-o gate=on -->
//
// which runs on a simulated node of that kind; `<!-- example: continued -->` goes on with the
// node before it. Each line after `$ plegctl …` must appear in that order in what the
// command says, stderr before stdout; … stands for any text; `[exit N]` is the exit code.
func TestDocumentedExamples(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	translated, err := filepath.Glob("../docs/zh-cn/*.md")
	if err != nil || len(translated) == 0 {
		t.Fatalf("translations %v, %v", translated, err)
	}
	ran := 0
	for _, page := range append(append(pages, translated...), "../README.md") {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		examples := examplesIn(string(data))
		ran += len(examples)
		t.Run(strings.TrimPrefix(page, "../"), func(t *testing.T) {
			t.Parallel()
			var host *node.Host
			image := ""
			for _, example := range examples {
				if name, ok := strings.CutPrefix(example.options, "image="); ok {
					host, image = nil, exampleImage(t, name)
				} else if example.options != "continued" {
					host, image = simNode(t, exampleNode(t, example.options)).Host(), ""
				}
				for _, call := range example.calls {
					runExample(t, host, image, call)
				}
			}
		})
	}
	if ran == 0 {
		t.Error("the docs hold no example")
	}
}

type exampleCall struct {
	args []string
	want []string
}

type example struct {
	options string
	calls   []exampleCall
}

func examplesIn(page string) []example {
	block := regexp.MustCompile("(?s)<!-- example: ([^\n]*?) -->\n```console\n(.*?)```")
	var found []example
	for _, match := range block.FindAllStringSubmatch(page, -1) {
		e := example{options: match[1]}
		for _, line := range strings.Split(strings.TrimSpace(match[2]), "\n") {
			if command, ok := strings.CutPrefix(line, "$ plegctl "); ok {
				e.calls = append(e.calls, exampleCall{args: splitWords(command)})
				continue
			}
			if n := len(e.calls); n > 0 && strings.TrimSpace(line) != "" {
				e.calls[n-1].want = append(e.calls[n-1].want, strings.TrimSpace(line))
			}
		}
		found = append(found, e)
	}
	return found
}

// splitWords splits at spaces, but not within double quotes.
func splitWords(s string) []string {
	var words []string
	for _, m := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(s, -1) {
		words = append(words, m[1]+m[2])
	}
	return words
}

func exampleNode(t *testing.T, options string) simnode.Options {
	t.Helper()
	opts := simnode.Options{}
	for _, word := range strings.Fields(options) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "kubelet":
			opts.Kubelet = value
		case "runtime":
			opts.Runtime = value
		case "gate":
			on := value == "on"
			opts.Gate = &on
		case "events":
			opts.PodEvents = value == "on"
		default:
			t.Fatalf("unknown option %q of an example", word)
		}
	}
	return opts
}

// exampleImage returns the tree that an example calls /mnt/image.
func exampleImage(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "image") // short: a long path would be wrapped
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	files, err := txtar.ParseFile("testdata/images/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files.Files {
		writeFiles(t, dir, map[string]string{file.Name: string(file.Data)})
	}
	return dir
}

func runExample(t *testing.T, host *node.Host, image string, call exampleCall) {
	t.Helper()
	var out, errs bytes.Buffer
	args := slices.Clone(call.args)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "/mnt/image", image)
	}
	code := Main(context.Background(), args, testDeps(host, &out, &errs, func(string) string { return "" }))
	text := errs.String() + out.String()
	if image != "" {
		text = strings.ReplaceAll(text, image, "/mnt/image")
	}
	said := strings.Split(text, "\n")
	if code != 0 {
		said = append(said, fmt.Sprintf("[exit %d]", code))
	}
	for _, want := range call.want {
		pattern := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(want), "…", ".*") + "$")
		for len(said) > 0 && !pattern.MatchString(strings.TrimSpace(said[0])) {
			said = said[1:]
		}
		if len(said) == 0 {
			t.Fatalf("plegctl %s does not say %q (any more); it says:\n%s%s[exit %d]", strings.Join(call.args, " "), want, out.String(), errs.String(), code)
		}
		said = said[1:]
	}
	if code != 0 && (len(call.want) == 0 || !strings.HasPrefix(call.want[len(call.want)-1], "[exit ")) {
		t.Fatalf("plegctl %s: exit %d\n%s%s", strings.Join(call.args, " "), code, out.String(), errs.String())
	}
}

// A translated page has the examples of the original.
func TestTranslationsHaveTheSameExamples(t *testing.T) {
	read := func(page string) []example {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		return examplesIn(string(data))
	}
	for _, page := range []string{"quick-start.md", "task-page.md"} {
		if !reflect.DeepEqual(read("../docs/"+page), read("../docs/zh-cn/"+page)) {
			t.Errorf("the examples of docs/zh-cn/%s are not those of docs/%s", page, page)
		}
	}
}

// A console block in the docs is an example that runs, and every other command line in a block
// is one that plegctl takes.
func TestDocumentedCommandLines(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	translated, err := filepath.Glob("../docs/zh-cn/*.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)([^\n]*)\n```([a-z]*)\n(.*?)\n```")
	command := regexp.MustCompile(`(?m)(?:^|RUN |\s|- |: )(?:sudo )?plegctl ([a-z][^\n#|&;>\\]*)`)
	lines := 0
	for _, page := range append(append(pages, translated...), "../README.md") {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range block.FindAllStringSubmatch(string(data), -1) {
			if b[2] == "console" {
				if !strings.HasPrefix(b[1], "<!-- example: ") {
					t.Errorf("%s: a console block that is not run:\n%s", page, b[3])
				}
				continue
			}
			for _, c := range command.FindAllStringSubmatch(b[3], -1) {
				lines++
				if _, errs, code := run(append(splitWords(c[1]), "--help")...); code != 0 {
					t.Errorf("%s: plegctl %s: %s", page, c[1], errs)
				}
			}
		}
	}
	if lines < 20 {
		t.Errorf("only %d command lines were found", lines)
	}
}
