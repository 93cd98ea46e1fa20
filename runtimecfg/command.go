package runtimecfg

import (
	"strings"

	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// arguments are the words behind the program, up to "--".
func arguments(in Inputs) []start.Word {
	if len(in.Command.Args) == 0 {
		return nil
	}
	words := in.Command.Args[1:]
	for i, w := range words {
		if w.Text == "--" {
			return words[:i]
		}
	}
	return words
}

// flagAt is the position of an argument, with the flag's full name.
func flagAt(word start.Word, name string) source.Position {
	at := word.At
	at.Kind, at.Name = source.Flag, "--"+name
	return at
}

// cutFlag splits "--name=value" and "-name".
func cutFlag(arg string) (name, value string, hasValue bool) {
	name, ok := strings.CutPrefix(arg, "-")
	if !ok {
		return "", "", false
	}
	return strings.Cut(strings.TrimPrefix(name, "-"), "=")
}

// stringFlag returns the last value of a flag with a value, by any of its names; the
// position has the first.
func stringFlag(in Inputs, names ...string) (value start.Word, ok bool) {
	words := arguments(in)
	for i, word := range words {
		name, v, hasValue := cutFlag(word.Text)
		for _, want := range names {
			if name != want || !hasValue && i+1 == len(words) {
				continue
			}
			unknown := word.Unknown
			if !hasValue {
				v, unknown = words[i+1].Text, words[i+1].Unknown
			}
			value, ok = start.Word{Text: v, At: flagAt(word, names[0]), Unknown: unknown}, true
		}
	}
	return value, ok
}

// variable returns an environment variable of the daemon.
func variable(in Inputs, name string) (start.Word, bool) {
	v, ok := in.Command.Variable(name)
	at := v.At
	at.Kind, at.Name = source.Environment, name
	return start.Word{Text: v.Value, At: at, Unknown: v.Unknown}, ok
}
