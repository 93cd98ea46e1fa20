package kubeletcfg

import (
	"path"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// Flag is one flag as it was given.
type Flag struct {
	// Name has dashes where underscores were given; the kubelet accepts both.
	Name string
	// Value is what was given; HasValue is false for a boolean flag without one.
	Value    string
	HasValue bool
	At       source.Position
}

// CommandLine is a kubelet's command line.
type CommandLine struct {
	// Program is the first argument.
	Program string
	// Flags are those of the kubelet, in the order given.
	Flags []Flag
	// Rest are arguments that are not flags. A kubelet does not start with one.
	Rest []Argument
	// Shell reports whether a shell starts the kubelet, so that its flags are not known.
	Shell bool
}

// ParseCommandLine reads the arguments of a process, the program first
// (/proc/PID/cmdline, split at NUL). owner names the process for messages.
func ParseCommandLine(owner string, args []string) CommandLine {
	list := make([]Argument, len(args))
	for i, arg := range args {
		list[i] = Argument{arg, Place{Arg: i, Owner: owner}}
	}
	return CommandLineOf(list)
}

// CommandLineOf reads arguments of any origin, the program first. A program that starts
// the kubelet (hyperkube, kubenswrapper, nice) is skipped.
//
// The rules are those of pflag: "--name=value" and "--name value" are the same, a boolean
// flag takes a value only with "=", "--" ends the flags.
func CommandLineOf(args []Argument) CommandLine {
	var c CommandLine
	if len(args) == 0 {
		return c
	}
	c.Program = args[0].Text
	if c.Shell = runsShell(args); c.Shell {
		return c
	}
	for i := max(kubeletAt(args), 0) + 1; i < len(args); i++ {
		arg := args[i]
		if arg.Text == "--" {
			c.Rest = append(c.Rest, args[i+1:]...)
			break
		}
		name, ok := flagName(arg.Text)
		if !ok {
			c.Rest = append(c.Rest, arg)
			continue
		}
		f := Flag{At: arg.Place.position()}
		name, f.Value, f.HasValue = strings.Cut(name, "=")
		f.Name = strings.ReplaceAll(name, "_", "-")
		f.At.Name = "--" + f.Name
		if !f.HasValue && i+1 < len(args) && takesNext(f.Name, args[i+1].Text) {
			i++
			f.Value, f.HasValue = args[i].Text, true
		}
		c.Flags = append(c.Flags, f)
	}
	return c
}

// runsShell recognises sh -c "...".
func runsShell(args []Argument) bool {
	base := path.Base(args[0].Text)
	return (base == "sh" || base == "bash" || base == "dash") && len(args) > 2 &&
		strings.HasPrefix(args[1].Text, "-") && strings.HasSuffix(args[1].Text, "c")
}

// flagName strips the dashes. Of flags with one dash the kubelet has only -v and -h.
func flagName(arg string) (string, bool) {
	if name, ok := strings.CutPrefix(arg, "--"); ok {
		return name, true
	}
	rest, ok := strings.CutPrefix(arg, "-")
	if !ok || rest == "" {
		return "", false
	}
	if value, ok := strings.CutPrefix(rest, "v"); ok && value != "" && value[0] != '=' {
		return "v=" + value, true
	}
	return rest, true
}

// takesNext reports whether a flag that was given without "=" takes the next argument: a
// flag that is known to need a value always does, a boolean one never, and one that is not
// known if the next argument does not look like a flag.
func takesNext(name, next string) bool {
	switch {
	case isBoolean(name):
		return false
	case wantsValue(name):
		return true
	}
	return !strings.HasPrefix(next, "-")
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

// All lists the flags of a name in the order given.
func (c CommandLine) All(name string) []Flag {
	var out []Flag
	for _, f := range c.Flags {
		if f.Name == name {
			out = append(out, f)
		}
	}
	return out
}
