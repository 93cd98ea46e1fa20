package cmd

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/plegctl/plegctl/docs"
)

// named are the commands of plegctl that a text tells the reader to run, without "plegctl".
func named(text string) [][]string {
	var found [][]string
	for _, m := range regexp.MustCompile("(`?)plegctl ([^`\",;:()|\n]+)").FindAllStringSubmatch(text, -1) {
		words := strings.Fields(strings.TrimRight(m[2], ". "))
		if len(words) == 0 {
			continue
		}
		if verb, _, _ := tree().Find(words[:1]); verb.HasParent() || m[1] == "`" { // else it is a sentence about plegctl
			found = append(found, words)
		}
	}
	return found
}

// wrongCommand says what is wrong with a command that a text names; "" where it is accepted. In a
// sentence, what follows the flags and arguments of the command belongs to the sentence.
func wrongCommand(words []string) string {
	verb, rest, err := tree().Find(words)
	if err != nil {
		return err.Error()
	}
	verb.InitDefaultHelpFlag()
	for i, word := range rest {
		name, isFlag := strings.CutPrefix(word, "--")
		name, _, _ = strings.Cut(strings.TrimRight(name, "."), "=")
		if isFlag && verb.Flags().Lookup(name) == nil && verb.InheritedFlags().Lookup(name) == nil {
			return fmt.Sprintf("%s has no flag --%s", verb.Name(), name)
		}
		if verb.Name() == "explain" && i == 0 && strings.HasPrefix(word, "PLEG-") && !slices.Contains(explainable(), word) {
			return "explain does not know " + word
		}
	}
	return ""
}

// Every command, flag and code that a text of the program names exists.
func TestTextsNameWhatExists(t *testing.T) {
	flags := map[string]bool{"help": true, "version": true}
	for _, verb := range append(tree().Commands(), tree()) {
		add := func(f *pflag.Flag) { flags[f.Name] = true }
		verb.Flags().VisitAll(add)
		verb.PersistentFlags().VisitAll(add)
	}
	// Flags of other programs, by program.
	for _, others := range []string{
		"config config-dir feature-gates hostname-override kubeconfig container-runtime-endpoint kubelet-extra-args reserved-memory register-with-taints eviction-hard", // kubelet
		"enable-pod-events",                                                  // CRI-O
		"type no-block", "list-boots grep case-sensitive unit output-fields", // systemd
		"ignore-daemonsets prefix patches", // kubectl, kubeadm
		"no-tail after-cursor lines no-pager all",
	} {
		for name := range strings.FieldsSeq(others) {
			flags[name] = true
		}
	}
	flag, code := regexp.MustCompile(`(?:^|[ (="])--([a-z][a-z0-9-]+)`), regexp.MustCompile(`PLEG-[A-Z]+-[A-Z-]*[A-Z]`)
	commands, codes := 0, 0
	eachFile(t, func(set *token.FileSet, parsed *ast.File) {
		eachText(set, parsed, func(where, text string) {
			for _, words := range named(text) {
				commands++
				if wrong := wrongCommand(words); wrong != "" {
					t.Errorf("%s: %q: %s", where, text, wrong)
				}
			}
			for _, m := range flag.FindAllStringSubmatch(text, -1) {
				if !flags[m[1]] {
					t.Errorf("%s: %q: nobody has a flag --%s", where, text, m[1])
				}
			}
			for _, name := range code.FindAllString(text, -1) {
				codes++
				if !slices.Contains(docs.Names(), name) {
					t.Errorf("%s: %q: explain does not know %s", where, text, name)
				}
			}
			if regexp.MustCompile(`(^|[^-A-Z])NODE\b`).MatchString(text) {
				t.Errorf("%s: %q: the node has a name", where, text)
			}
		})
	})
	if commands < 50 || codes < 5 {
		t.Errorf("%d commands and %d codes were found", commands, codes)
	}
}

// advice is what an answer advises, in text and in JSON.
func advice(out, errs string) []string {
	var found []string
	for _, m := range regexp.MustCompile(`(?m)^plegctl: hint: (.*)$`).FindAllStringSubmatch(errs, -1) {
		found = append(found, m[1])
	}
	for _, m := range regexp.MustCompile(`(?m)^ *next: +(.*(?:\n {8,}\S.*)*)$`).FindAllStringSubmatch(out+errs, -1) {
		found = append(found, strings.Join(strings.Fields(m[1]), " "))
	}
	for _, m := range regexp.MustCompile(`"hint": "(.*)"`).FindAllStringSubmatch(out, -1) {
		found = append(found, strings.ReplaceAll(m[1], `\"`, `"`))
	}
	return found
}

// checkHints says what is wrong with the advice in an answer to args: a command that is not
// accepted, or the very one that was run.
func checkHints(args []string, out, errs string) []string {
	var wrong []string
	for _, text := range advice(out, errs) {
		for _, words := range named(text) {
			if found := wrongCommand(words); found != "" {
				wrong = append(wrong, text+": "+found)
			}
			if repeats(args, words) {
				wrong = append(wrong, text+": that was run just now")
			}
		}
	}
	return wrong
}

// repeats reports whether args are the verb, all flags and no more arguments than advised.
func repeats(args, advised []string) bool {
	verb, given, err := tree().Find(args)
	other, rest, wrong := tree().Find(advised)
	if err != nil || wrong != nil || verb.Name() != other.Name() || !verb.HasParent() || verb.ParseFlags(given) != nil {
		return false
	}
	for _, word := range verb.Flags().Args() {
		if !slices.Contains(rest, word) {
			return false
		}
	}
	return !slices.ContainsFunc(rest, func(word string) bool { return !slices.Contains(args, word) })
}
