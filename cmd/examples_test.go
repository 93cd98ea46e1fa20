package cmd

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

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
	translated, err := filepath.Glob("../docs/*/quick-start.md")
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
			for _, example := range examples {
				if example.options != "continued" {
					host = simNode(t, exampleNode(t, example.options)).Host()
				}
				for _, call := range example.calls {
					runExample(t, host, call)
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

func runExample(t *testing.T, host *node.Host, call exampleCall) {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main(context.Background(), call.args, testDeps(host, &out, &errs, func(string) string { return "" }))
	said := strings.Split(errs.String()+out.String(), "\n")
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
	if !reflect.DeepEqual(read("../docs/quick-start.md"), read("../docs/zh-cn/quick-start.md")) {
		t.Error("the examples of docs/zh-cn/quick-start.md are not those of docs/quick-start.md")
	}
}
