package kubeletcfg

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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

// checkGates reports values that are no booleans, and gates that this version does not
// know, has locked, or that need another gate. The kubelet checks its gates in several
// steps, and dies in the first one that fails.
func (c *Config) checkGates() {
	c.checkValues()
	steps := []scope{{}}
	if c.rules.panics {
		for i, l := range c.layers {
			if l.source == SourceConfigFile || i == len(c.layers)-1 {
				steps = append(steps, scope{i + 1, true})
			}
		}
	}
	steps = append(steps, c.everything())
	reported, needs := map[Setter]bool{}, map[Setter]bool{}
	for _, step := range steps {
		winners := c.winners(step)
		for _, name := range slices.Sorted(maps.Keys(winners)) {
			if s := winners[name]; !reported[s] {
				reported[s] = true
				c.checkGate(s)
			}
		}
		c.checkNeeds(step, needs)
	}
}

// checkValues reports values that the kubelet cannot decode, or that mean what they do not
// look like. A merge patch is decoded only after the last one was laid over it, so in a
// drop-in a wrong value is harmless where a later drop-in replaces it.
func (c *Config) checkValues() {
	for _, s := range c.said.wipes {
		later := func(l layer) bool { _, found := l.value("featureGates"); return found }
		if !s.wrong || s.Source == SourceDropIn && slices.ContainsFunc(c.layers[s.layer+1:], later) {
			continue
		}
		c.report(Problem{Code: CodeGatesNoMap, Fatal: true, Pos: s.Pos, Text: "featureGates is not a map of gates to true or false",
			Hint: "write \"featureGates:\", and below it \"  " + known.Gate + ": true\""})
	}
	for _, all := range c.said.of {
		for i, s := range all {
			value, _ := c.layerValue(s)
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

func (c *Config) layerValue(s saying) (any, bool) {
	if s.layer == flagLayer {
		return s.On, true
	}
	return c.layers[s.layer].value("featureGates", s.Gate)
}

// replaced tells that a later drop-in takes the place of what s says.
func (c *Config) replaced(later []saying, s saying) bool {
	over := func(o saying) bool { return o.layer > s.layer && o.layer != flagLayer }
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

// checkGate reports a gate that this version would not take.
func (c *Config) checkGate(s Setter) {
	spec := c.table.spec(s.Gate)
	if c.in.Version.IsZero() || !spec.known {
		return
	}
	p := Problem{Fatal: spec.sure, Pos: s.Pos}
	switch {
	case !spec.exists:
		p.Code, p.Text = CodeUnknownGate, fmt.Sprintf("kubelet %s does not know the feature gate %s", c.in.Version, s.Gate)
		p.Hint = "take it out, or check its spelling" + c.nearMiss(s.Gate)
	case spec.locked && s.On != spec.on:
		p.Code, p.Text = CodeLockedGate, fmt.Sprintf("%s cannot be %v: kubelet %s has it locked to %v", s.Gate, s.On, c.in.Version, spec.on)
		p.Hint = "take it out"
	case spec.pre:
		p.Code, p.Text = CodeLockedGate, fmt.Sprintf("%s cannot be set yet in kubelet %s", s.Gate, c.in.Version)
		p.Hint = "take it out"
	default:
		return
	}
	if !spec.sure {
		p.Text += fmt.Sprintf(" (as of the newest %d.%d that was looked into)", c.in.Version.Major, c.in.Version.Minor)
	}
	c.report(p)
}

// nearMiss names the gate that was meant where only case differs.
func (c *Config) nearMiss(gate string) string {
	if strings.EqualFold(gate, known.Gate) {
		return ": " + known.Gate
	}
	for name := range c.table.rows {
		if strings.EqualFold(name, gate) && c.table.spec(name).exists {
			return ": " + name
		}
	}
	return ""
}

// checkNeeds reports gates that are on while one that they need is off (1.35 and later).
func (c *Config) checkNeeds(in scope, reported map[Setter]bool) {
	for _, pair := range slices.Sorted(maps.Keys(c.table.needs)) {
		letter, sure := c.table.letter(c.table.needs[pair])
		if letter != 'x' {
			continue
		}
		gate, needed, _ := strings.Cut(pair, ">")
		on, off := c.gateIn(gate, in), c.gateIn(needed, in)
		cause := on.Winner
		if cause.Source == SourceDefault {
			cause = off.Winner
		}
		if on.Known && off.Known && on.On && !off.On && !reported[cause] {
			reported[cause] = true
			c.report(Problem{Code: CodeGateNeeds, Fatal: sure, Pos: cause.Pos,
				Text: fmt.Sprintf("%s is on, and needs %s, which is off", gate, needed), Hint: "turn " + gate + " off or " + needed + " on"})
		}
	}
}
