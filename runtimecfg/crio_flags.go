package runtimecfg

import (
	"fmt"
	"strconv"

	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// environment applies the variables that CRI-O's flags read (cri-o v1.36.3
// internal/criocli/criocli.go; values as strconv.ParseBool by github.com/urfave/cli/v2).
func (c *crioConfig) environment() {
	v, ok := variable(c.in, c.setting.Variable)
	if !ok || c.setting.Variable == "" {
		return
	}
	value, err := strconv.ParseBool(v.Text)
	switch {
	case v.Unknown != "":
		c.unknown(v.At, v.Unknown)
		return
	case v.Text == "":
		c.report(source.Problem{
			Code: codeCRIOEnvironment, Effect: source.Suspect, At: v.At,
			Message: "is set to nothing, which CRI-O takes for false (releases with an older flag library ignore it)",
			Hint:    "remove the variable, or give it a value",
		})
	case err != nil:
		c.report(source.Problem{
			Code: codeCRIOEnvironment, Effect: source.Fatal, At: v.At,
			Message: fmt.Sprintf("could not parse %q as bool value", v.Text), Hint: spellFlag(c.setting.Variable, v.Text),
		})
		return
	}
	c.override(source.Assignment[bool]{Value: value, At: v.At})
}

// flags applies the command line. A boolean flag takes its value only behind an equals
// sign: `--flag false` turns events on and leaves a stray word, which CRI-O
// takes for a command.
func (c *crioConfig) flags() {
	words := arguments(c.in)
	for i, word := range words {
		name, value, hasValue := cutFlag(word.Text)
		if name != c.setting.Flag {
			continue
		}
		at := flagAt(word, name)
		on := true
		var err error
		if hasValue {
			on, err = strconv.ParseBool(value)
		}
		switch stray := boolBehind(words[i:]); {
		case word.Unknown != "":
			c.unknown(at, word.Unknown)
		case !c.known:
			c.badFlag(at, "flag provided but not defined: -"+name, c.needs())
		case err != nil:
			c.badFlag(at, fmt.Sprintf("invalid boolean value %q for -%s", value, name), spellFlag("--"+name, value))
		case !hasValue && stray != "":
			c.badFlag(at, fmt.Sprintf("%q behind it is not its value: CRI-O takes it for a command and stops", stray), "write --"+name+"="+stray)
		default:
			c.override(source.Assignment[bool]{Value: on, At: at})
		}
	}
}

// unknown leaves the setting open: the value cannot be known from files.
func (c *crioConfig) unknown(at source.Position, why string) {
	c.PodEvents.Known = false
	c.report(source.Problem{Code: codeCommandLimit, Effect: source.Unread, At: at, Message: why})
}

// boolBehind is the word behind the first one, if it is a boolean.
func boolBehind(words []start.Word) string {
	if len(words) < 2 {
		return ""
	}
	if _, err := strconv.ParseBool(words[1].Text); err != nil {
		return ""
	}
	return words[1].Text
}

func (c *crioConfig) needs() string {
	return fmt.Sprintf("container events need CRI-O %d.%d or later", c.setting.Since.Major, c.setting.Since.Minor)
}

func (c *crioConfig) badFlag(at source.Position, message, hint string) {
	c.report(source.Problem{Code: codeCRIOFlag, Effect: source.Fatal, At: at, Message: message, Hint: hint})
}

func spellFlag(name, value string) string {
	if b, ok := meantBool(value); ok {
		return fmt.Sprintf("write %s=%t", name, b)
	}
	return "write " + name + "=true or " + name + "=false"
}
