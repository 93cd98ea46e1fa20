package kubeletcfg

import (
	"fmt"
	"slices"

	"github.com/plegctl/plegctl/verify/known"
)

// checkFlags reports what the kubelet would refuse on its command line.
func (c *Config) checkFlags() {
	for _, f := range c.in.Flags.All("feature-gates") {
		for _, pair := range gatePairs(f.Value) {
			if pair.err != "" {
				c.report(Problem{Code: CodeNoBoolean, Fatal: true, Pos: f.Place, Text: fmt.Sprintf("%s %s in --feature-gates", pair.name, pair.err), Hint: "write " + pair.name + "=true or =false"})
			}
		}
	}
	if c.in.Flags.Shell {
		c.hidden = true
		c.report(Problem{Code: CodeShell, Text: "a shell starts the kubelet, so its flags cannot be told from the unit", Hint: "read the command line of the running kubelet"})
		return
	}
	for _, arg := range c.in.Flags.Rest {
		c.report(Problem{Code: CodeStrayArgument, Fatal: true, Pos: arg.Place, Text: fmt.Sprintf("%q is no flag, and the kubelet takes no other arguments", arg.Text), Hint: "a boolean flag takes its value only with \"=\""})
	}
}

// checkValues reports values that the kubelet cannot decode, or that mean what they do not
// look like. A merge patch is decoded only after the last one was laid over it, so in a
// drop-in a wrong value is harmless where a later drop-in replaces it.
func (c *Config) checkValues() {
	for _, s := range c.said.wipes {
		later := func(l layer) bool { _, found := l.value(s.Gate); return found }
		if !s.wrong || s.Source == SourceDropIn && slices.ContainsFunc(c.layers[s.layer+1:], later) {
			continue
		}
		c.report(Problem{Code: CodeGatesNoMap, Fatal: true, Pos: s.Pos, Text: "featureGates is not a map of gates to true or false",
			Hint: "write \"featureGates:\", and below it \"  " + known.Gate + ": true\""})
	}
	for _, all := range c.said.of {
		for i, s := range all {
			value := c.spoken(s)
			patched := s.layer != flagLayer && c.patches(c.layers[s.layer])
			switch {
			case s.layer == flagLayer:
			case s.wrong && patched && c.replaced(all[i+1:], s):
			case s.wrong:
				c.report(Problem{Code: CodeNoBoolean, Fatal: true, Pos: s.Pos,
					Text: fmt.Sprintf("%s is not true or false but %s", s.Gate, spelled(value)), Hint: "write true or false, without quotes"})
			case value == nil && !patched:
				c.report(Problem{Code: CodeGateNull, Pos: s.Pos, Text: s.Gate + " has no value, which the kubelet takes for false", Hint: "write true or false, or take the line out"})
			}
		}
	}
}

// spoken is the value as it stands in the file.
func (c *Config) spoken(s saying) any {
	if s.layer == flagLayer {
		return s.On
	}
	l := c.layers[s.layer]
	for spelled, key := range c.gateKeys(l) {
		if value, found := l.value(spelled, s.Gate); found && key == s.key {
			return value
		}
	}
	return nil
}

// replaced tells that a later drop-in takes the place of what s says.
func (c *Config) replaced(later []saying, s saying) bool {
	over := func(o saying) bool { return o.layer > s.layer && o.layer != flagLayer && o.key == s.key }
	return slices.ContainsFunc(later, over) || slices.ContainsFunc(c.said.wipes, over)
}

func spelled(value any) string {
	switch v := value.(type) {
	case string:
		return fmt.Sprintf("the text %q", v)
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	}
	return fmt.Sprint(value)
}
