package kubeletcfg

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// checkGates reports values that are not booleans, and gates that this version does not
// have, has locked, or that depend on another gate. The kubelet checks its gates in several
// steps, and stops at the first one that fails.
func (c *Config) checkGates() {
	c.checkValues()
	steps := []scope{{}}
	if c.rules.panics {
		for i, f := range c.files {
			if f.kind == source.ConfigFile || i == len(c.files)-1 {
				steps = append(steps, scope{i + 1, true})
			}
		}
	}
	steps = append(steps, c.everything())
	type set struct {
		gate string
		source.Assignment[bool]
	}
	reported, needs := map[set]bool{}, map[source.Assignment[bool]]bool{}
	for _, step := range steps {
		winners := c.winners(step)
		for _, gate := range slices.Sorted(maps.Keys(winners)) {
			if s := (set{gate, winners[gate]}); !reported[s] {
				reported[s] = true
				c.checkGate(gate, s.Assignment)
			}
		}
		c.checkNeeds(step, needs)
	}
}

// checkGate reports a gate that this version would not accept.
func (c *Config) checkGate(gate string, a source.Assignment[bool]) {
	spec := c.table.spec(gate)
	if c.in.Version.IsZero() || !spec.known {
		return
	}
	p := source.Problem{Effect: source.Fatal, At: a.At, Hint: "remove it"}
	switch {
	case !spec.exists:
		p.Code, p.Message = CodeUnknownGate, fmt.Sprintf("unrecognized feature gate: %s (kubelet %s does not have it)", gate, c.in.Version)
		p.Hint = "remove it, or check its spelling" + c.nearMiss(gate)
	case spec.locked && a.Value != spec.on:
		p.Code, p.Message = CodeLockedGate, fmt.Sprintf("cannot set feature gate %s to %v, feature is locked to %v (kubelet %s)", gate, a.Value, spec.on, c.in.Version)
	case spec.pre:
		p.Code, p.Message = CodeLockedGate, fmt.Sprintf("cannot set feature gate %s: it is not available yet in kubelet %s", gate, c.in.Version)
	default:
		return
	}
	if !spec.sure {
		p.Effect = source.Suspect
		p.Message += fmt.Sprintf(" (as of the newest %d.%d that plegctl knows)", c.in.Version.Major, c.in.Version.Minor)
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

// checkNeeds reports gates that are on while one that they depend on is off (1.35 and later).
func (c *Config) checkNeeds(in scope, reported map[source.Assignment[bool]]bool) {
	if c.in.Version.IsZero() {
		return
	}
	for _, pair := range slices.Sorted(maps.Keys(c.table.needs)) {
		letter, sure := c.table.letter(c.table.needs[pair])
		if letter != 'x' {
			continue
		}
		gate, needed, _ := strings.Cut(pair, ">")
		on, off := c.gateIn(gate, in), c.gateIn(needed, in)
		cause := on.Assignment
		if !on.Explicit() {
			cause = off.Assignment
		}
		if !source.Is(on, true) || !source.Is(off, false) || reported[cause] {
			continue
		}
		reported[cause] = true
		p := source.Problem{
			Code: CodeGateNeeds, Effect: source.Fatal, At: cause.At,
			Message: fmt.Sprintf("%s is enabled, but depends on features that are disabled: [%s]", gate, needed), Hint: "turn " + gate + " off or " + needed + " on",
		}
		if !sure {
			p.Effect = source.Suspect
		}
		c.report(p)
	}
}
