package runtimecfg

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// flags applies the command line. A boolean flag takes its value only behind an equals
// sign: `--enable-pod-events false` turns events on and leaves a stray word, which CRI-O
// takes for a command.
func (c *CRIO) flags(in CRIOInputs) {
	for i, arg := range in.Args {
		if arg.Value == "--" {
			break
		}
		name, value, hasValue := cutFlag(arg.Value)
		if name != podEventsFlag {
			continue
		}
		at := flagAt(arg, podEventsFlag)
		on := true
		var err error
		if hasValue {
			on, err = strconv.ParseBool(value)
		}
		switch {
		case !in.Version.IsZero() && in.Version.MinorLess(1, 26):
			c.flagProblem(at, "flag provided but not defined: -"+podEventsFlag, "container events need CRI-O 1.26 or later")
		case err != nil:
			c.flagProblem(at, fmt.Sprintf("invalid boolean value %q for -%s", value, podEventsFlag), spellBool(value, "--"+podEventsFlag+"=true"))
		case !hasValue && i+1 < len(in.Args) && isBoolWord(in.Args[i+1].Value):
			c.flagProblem(at, fmt.Sprintf("%q behind it is no value: CRI-O takes it for a command and stops", in.Args[i+1].Value), "write --"+podEventsFlag+"="+in.Args[i+1].Value)
		default:
			c.PodEvents.Override(source.Assignment[bool]{Value: on, At: at})
		}
	}
	if listen, ok := stringFlag(in.Args, "listen"); ok {
		c.Listen.Override(listen)
	}
}

// flagAt is the position of an argument, with the flag's full name.
func flagAt(arg source.Assignment[string], name string) source.Position {
	at := arg.At
	at.Kind, at.Name = source.Flag, "--"+name
	return at
}

func (c *CRIO) flagProblem(at source.Position, text, hint string) {
	c.problem(source.Problem{Code: CRIOFlag, Effect: source.Fatal, At: at, Message: text, Hint: hint})
}

// cutFlag takes "--name=value" and "-name" apart.
func cutFlag(arg string) (name, value string, hasValue bool) {
	name, ok := strings.CutPrefix(arg, "-")
	if !ok {
		return "", "", false
	}
	return strings.Cut(strings.TrimPrefix(name, "-"), "=")
}

// stringFlag returns the last value of a flag with a value, by any of its names; the
// position has the first.
func stringFlag(args []source.Assignment[string], names ...string) (value source.Assignment[string], ok bool) {
	for i, arg := range args {
		if arg.Value == "--" {
			break
		}
		name, v, hasValue := cutFlag(arg.Value)
		for _, want := range names {
			if name != want {
				continue
			}
			if !hasValue && i+1 == len(args) {
				continue
			}
			if !hasValue {
				v = args[i+1].Value
			}
			value, ok = source.Assignment[string]{Value: v, At: flagAt(arg, names[0])}, true
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
