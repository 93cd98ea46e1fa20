package kubeletcfg

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

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
