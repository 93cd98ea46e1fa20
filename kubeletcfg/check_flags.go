package kubeletcfg

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// checkFlags reports what the kubelet would refuse on its command line, and what of it is
// not known.
func (c *Config) checkFlags() {
	if limit := c.flags.Limit; limit != nil {
		c.hidden = true
		c.report(source.Problem{Code: CodeFlagsUnknown, Effect: source.Unread, At: limit.At, Message: limit.Reason, Hint: limit.Hint})
	}
	c.problems = append(c.problems, c.flags.problems...)
	table := flagsAt(c.in.Version)
	for _, f := range c.flags.Flags {
		c.checkFlag(table, f)
	}
}

func (c *Config) checkFlag(table flagTable, f Flag) {
	p := source.Problem{Code: CodeUnknownFlag, Effect: source.Fatal, At: f.At, Message: "unknown flag: --" + f.Name, Hint: "remove it from the kubelet's flags"}
	has, sure, why := table.lookup(f.Name)
	if !has {
		p.Message += " (" + why + ")"
		if !sure {
			p.Effect = source.Suspect
		}
		c.report(p)
		return
	}
	value := flagValue(f)
	switch {
	case f.Unknown != "":
		c.checkUnknownValue(f)
		return
	case c.exits(f.Name, value):
		p.Code, p.Message = CodeFlagExits, "with --"+f.Name+" the kubelet prints it and exits"
		c.report(p)
		return
	}
	err := checkFlagValue(table.kinds[f.Name], value)
	if err == nil {
		return
	}
	p.Code, p.Message, p.Hint = CodeFlagValue, fmt.Sprintf("invalid argument %q for %q flag: %v", value, spelledFlag(f.Name), err), ""
	if f.Name == "feature-gates" {
		p.Code, p.Message, p.Hint = CodeNotBoolean, err.Error(), "write GATE=true or GATE=false"
	}
	if strings.Contains(value, " --") {
		p.Hint = "several flags are one argument here; in a unit, write $NAME instead of ${NAME} to split them"
	}
	c.report(p)
}

// exits reports whether the kubelet prints something and exits with a flag. With a file it
// parses its flags a second time, where any --help ends it, also --help=false (seen with
// kubelet 1.37.2).
func (c *Config) exits(name, value string) bool {
	on, err := strconv.ParseBool(value)
	switch name {
	case "help":
		return err == nil && (on || c.in.Config != nil || c.in.DropIns != nil)
	case "version":
		return err == nil && on || value == "raw"
	}
	return false
}

// checkUnknownValue reports a flag whose value decides what the configuration is, and is
// not known.
func (c *Config) checkUnknownValue(f Flag) {
	switch f.Name {
	case "config", "config-dir", "feature-gates":
		c.hidden = true
		c.report(source.Problem{
			Code: CodeFlagsUnknown, Effect: source.Unread, At: f.At,
			Message: fmt.Sprintf("the value of --%s (%q) is not known: %s", f.Name, f.Value, f.Unknown),
		})
	}
}

// spelledFlag is how pflag names a flag in messages.
func spelledFlag(name string) string {
	if name == "v" {
		return "-v, --v"
	}
	return "--" + name
}
