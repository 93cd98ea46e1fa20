package runtimecfg

import (
	"fmt"
	"strconv"
	"strings"
)

// flags applies the command line. A boolean flag takes its value only behind an equals
// sign: `--enable-pod-events false` turns events on and leaves a stray word, which CRI-O
// takes for a command.
func (c *CRIO) flags(in CRIOInputs) {
	for i, arg := range in.Args {
		if arg == "--" {
			break
		}
		name, value, hasValue := cutFlag(arg)
		if name != podEventsFlag {
			continue
		}
		from := Origin{Kind: FromFlag, Name: "--" + podEventsFlag, Where: in.ArgsFrom}
		on := true
		var err error
		if hasValue {
			on, err = strconv.ParseBool(value)
		}
		switch {
		case !in.Version.IsZero() && in.Version.MinorLess(1, 26):
			c.flagProblem(from, "flag provided but not defined: -"+podEventsFlag, "container events need CRI-O 1.26 or later")
		case err != nil:
			c.flagProblem(from, fmt.Sprintf("invalid boolean value %q for -%s", value, podEventsFlag), spellBool(value, "--"+podEventsFlag+"=true"))
		case !hasValue && i+1 < len(in.Args) && isBoolWord(in.Args[i+1]):
			c.flagProblem(from, fmt.Sprintf("%q behind it is no value: CRI-O takes it for a command and stops", in.Args[i+1]), "write --"+podEventsFlag+"="+in.Args[i+1])
		default:
			c.PodEvents.overrule(Said[bool]{Value: on, From: from})
		}
	}
	if value, ok := stringFlag(in.Args, "listen"); ok {
		c.Listen.overrule(Said[string]{Value: value, From: Origin{Kind: FromFlag, Name: "--listen", Where: in.ArgsFrom}})
	}
}

func (c *CRIO) flagProblem(from Origin, text, hint string) {
	c.Problems = append(c.Problems, Problem{Code: CRIOFlag, Fatal: true, From: from, Text: text, Hint: hint})
}

// cutFlag takes "--name=value" and "-name" apart.
func cutFlag(arg string) (name, value string, hasValue bool) {
	name, ok := strings.CutPrefix(arg, "-")
	if !ok {
		return "", "", false
	}
	return strings.Cut(strings.TrimPrefix(name, "-"), "=")
}

// stringFlag gives the last value of a flag with a value, by any of its names.
func stringFlag(args []string, names ...string) (value string, ok bool) {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		name, v, hasValue := cutFlag(arg)
		for _, want := range names {
			if name != want {
				continue
			}
			if hasValue {
				value, ok = v, true
			} else if i+1 < len(args) {
				value, ok = args[i+1], true
			}
		}
	}
	return value, ok
}

func isBoolWord(s string) bool {
	_, err := strconv.ParseBool(s)
	return err == nil
}

func spellBool(value, whenUnclear string) string {
	name, _, _ := strings.Cut(whenUnclear, "=")
	if b, ok := meantBool(value); ok {
		return fmt.Sprintf("write %s=%t", name, b)
	}
	return "write " + whenUnclear + " or " + name + "=false"
}
