package kubeletcfg

import (
	"strings"

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
	// Unknown says why a part of Value cannot be known; see [start.Word].
	Unknown string
	At      source.Position
}

// CommandLine is a kubelet's command line.
type CommandLine struct {
	// Flags are those of the kubelet, in the order given.
	Flags []Flag
	// Rest are arguments that are not flags. A kubelet does not start with one.
	Rest []start.Word
	// Limit says where the knowledge of the command line ends; nil where all of it is known.
	Limit *start.Limit
}

// ParseCommandLine reads the arguments of a process, the program first
// (/proc/PID/cmdline, split at NUL). owner names the process for messages.
func ParseCommandLine(owner string, args []string) CommandLine {
	if len(args) == 0 {
		return CommandLine{}
	}
	return CommandLineOf(start.Process(nil, start.Running{Owner: owner, Args: args}, "kubelet"))
}

// CommandLineOf reads how a kubelet is started.
//
// The rules are those of pflag: "--name=value" and "--name value" are the same, a boolean
// flag takes a value only with "=", "--" ends the flags.
func CommandLineOf(cmd start.Command) CommandLine {
	c := CommandLine{Limit: cmd.Limit}
	for i := 1; i < len(cmd.Args); i++ {
		arg := cmd.Args[i]
		if arg.Text == "--" {
			c.Rest = append(c.Rest, cmd.Args[i+1:]...)
			break
		}
		name, ok := flagName(arg.Text)
		if !ok {
			c.Rest = append(c.Rest, arg)
			continue
		}
		f := Flag{At: arg.At, Unknown: arg.Unknown}
		name, f.Value, f.HasValue = strings.Cut(name, "=")
		f.Name = strings.ReplaceAll(name, "_", "-")
		f.At.Name = "--" + f.Name
		if !f.HasValue && i+1 < len(cmd.Args) && takesNext(f.Name, cmd.Args[i+1].Text) {
			i++
			f.Value, f.HasValue, f.Unknown = cmd.Args[i].Text, true, cmd.Args[i].Unknown
		}
		c.Flags = append(c.Flags, f)
	}
	return c
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
