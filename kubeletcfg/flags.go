package kubeletcfg

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// Flag is one flag as it was given.
type Flag struct {
	// Name has dashes where underscores were given; the kubelet accepts both.
	Name string
	// Value is what was given; HasValue is false for a boolean flag without one.
	Value    string
	HasValue bool
	At       source.Position
	// Unknown says why Value is not known; see [start.Word].
	Unknown string
}

// CommandLine is a kubelet's command line.
type CommandLine struct {
	// Flags are those of the kubelet, in the order given.
	Flags []Flag
	// Limit is where the knowledge of the command line ends; nil where all of it is known.
	Limit *start.Limit
	// problems are arguments that the kubelet does not accept in any version.
	problems []source.Problem
}

// CommandLineOf reads how a kubelet is started. The rules are those of pflag:
// "--name=value" and "--name value" are the same, a boolean flag has a value only with "=",
// "--" ends the flags.
func CommandLineOf(cmd start.Command) CommandLine {
	p := flagParser{CommandLine: CommandLine{Limit: cmd.Limit}, table: flagsAt(known.Version{})}
	if len(cmd.Args) > 0 {
		p.rest = cmd.Args[1:]
	}
	for len(p.rest) > 0 {
		word := p.next()
		switch text := word.Text; {
		case word.Unknown != "" && !p.isKnownFlag(text):
			if p.Limit == nil {
				p.Limit = &start.Limit{Reason: word.Unknown, At: word.At}
			}
			if len(p.rest) > 0 && !strings.HasPrefix(p.rest[0].Text, "-") {
				p.next() // it may be a flag, and this its value
			}
		case text == "--":
			for _, word := range p.rest {
				p.stray(word)
			}
			p.rest = nil
		case strings.HasPrefix(text, "--"):
			p.long(word, text[2:])
		case strings.HasPrefix(text, "-") && len(text) > 1:
			p.short(word, text[1:])
		default:
			p.stray(word)
		}
	}
	return p.CommandLine
}

type flagParser struct {
	CommandLine
	table flagTable
	rest  []start.Word
}

// isKnownFlag reports whether a text is "--name=value" with the name of a flag.
func (p *flagParser) isKnownFlag(text string) bool {
	name, _, hasValue := strings.Cut(strings.TrimPrefix(text, "--"), "=")
	return hasValue && p.table.flags[strings.ReplaceAll(name, "_", "-")] != ""
}

func (p *flagParser) next() start.Word {
	word := p.rest[0]
	p.rest = p.rest[1:]
	return word
}

func (p *flagParser) refuse(code source.Code, word start.Word, message, hint string) {
	p.problems = append(p.problems, source.Problem{Code: code, Effect: source.Fatal, At: word.At, Message: message, Hint: hint})
}

func (p *flagParser) stray(word start.Word) {
	p.refuse(CodeStrayArgument, word, fmt.Sprintf("unexpected argument %q: the kubelet accepts only flags", word.Text), p.strayHint(word.Text))
}

// strayHint tells the usual mistake behind an argument that is not a flag.
func (p *flagParser) strayHint(text string) string {
	switch last := len(p.Flags) - 1; {
	case strings.HasPrefix(text, "#"):
		return "remove it: behind a value, # does not begin a comment"
	case strings.HasPrefix(text, "$"):
		return "write its value: systemd does not resolve variables in the value of another"
	case text == `\`:
		return "a backslash continues a line only where it ends it: remove the blank or the second backslash behind it"
	case strings.HasPrefix(text, `\$`):
		return "remove the backslash: it hides the variable from systemd"
	case strings.HasPrefix(text, "–"), strings.HasPrefix(text, "—"):
		return "write two hyphens: this is a dash"
	case last >= 0 && strings.HasSuffix(p.Flags[last].Value, ","):
		return "remove the blank behind the comma"
	}
	return "a boolean flag takes its value only with \"=\""
}

// long reads what follows "--".
func (p *flagParser) long(word start.Word, text string) {
	if text[0] == '-' || text[0] == '=' {
		p.refuse(CodeFlagSyntax, word, "bad flag syntax: "+word.Text, "")
		return
	}
	name, value, hasValue := strings.Cut(text, "=")
	f := p.flag(word, strings.ReplaceAll(name, "_", "-"))
	f.Value, f.HasValue = value, hasValue
	if !hasValue && !p.value(&f, "--"+name) {
		return
	}
	p.Flags = append(p.Flags, f)
}

// value takes the next argument as the value of a flag that needs one.
func (p *flagParser) value(f *Flag, spelled string) bool {
	next := start.Word{Text: "-"}
	if len(p.rest) > 0 {
		next = p.rest[0]
	}
	if !p.table.takesValue(f.Name, next.Text) {
		return true
	}
	if len(p.rest) == 0 {
		p.refuse(CodeFlagSyntax, start.Word{At: f.At}, "flag needs an argument: "+spelled, "")
		return false
	}
	f.Value, f.HasValue, f.Unknown = next.Text, true, next.Unknown
	p.next()
	return true
}

// short reads what follows a single dash. The kubelet has -v and -h.
func (p *flagParser) short(word start.Word, text string) {
	switch value := text[1:]; {
	case text[0] == 'v':
		f := p.flag(word, "v")
		f.Value, f.HasValue = value, true
		if len(value) > 1 {
			f.Value = strings.TrimPrefix(value, "=")
		}
		if value == "" && !p.value(&f, fmt.Sprintf("'v' in %s", word.Text)) {
			return
		}
		p.Flags = append(p.Flags, f)
	case text[0] == 'h':
		p.Flags = append(p.Flags, p.flag(word, "help"))
		if value != "" {
			p.short(word, value)
		}
	default:
		hint := ""
		if name, _, _ := strings.Cut(text, "="); p.table.flags[strings.ReplaceAll(name, "_", "-")] != "" {
			hint = "write it with two dashes: --" + text
		}
		p.refuse(CodeFlagSyntax, word, fmt.Sprintf("unknown shorthand flag: %q in -%s", text[0], text), hint)
	}
}

func (p *flagParser) flag(word start.Word, name string) Flag {
	f := Flag{Name: name, At: word.At, Unknown: word.Unknown}
	f.At.Kind, f.At.Name = source.Flag, "--"+name
	return f
}

// Last returns the last flag of a name: the one that counts, except for feature-gates.
func (c CommandLine) Last(name string) (Flag, bool) {
	for i := len(c.Flags) - 1; i >= 0; i-- {
		if c.Flags[i].Name == name {
			return c.Flags[i], true
		}
	}
	return Flag{}, false
}

// all lists the flags of a name in the order given.
func (c CommandLine) all(name string) []Flag {
	var out []Flag
	for _, f := range c.Flags {
		if f.Name == name {
			out = append(out, f)
		}
	}
	return out
}
