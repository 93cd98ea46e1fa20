package kubeletcfg

import (
	"fmt"
	"slices"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// checkValues reports values that the kubelet cannot decode, or that do not mean what they
// look like. A merge patch is decoded only after the last one was merged, so in a drop-in a
// wrong value is harmless where a later drop-in replaces it.
func (c *Config) checkValues() {
	for _, r := range c.assigned.removals {
		later := func(f file) bool { _, found := f.value(r.gate); return found }
		if !r.wrong || r.At.Kind == source.DropIn && slices.ContainsFunc(c.files[r.file+1:], later) {
			continue
		}
		c.report(source.Problem{
			Code: CodeGatesNotMap, Effect: source.Fatal, At: r.At, Message: "featureGates is not a map of gates to true or false",
			Hint: "write \"featureGates:\", and below it \"  " + known.Gate + ": true\"",
		})
	}
	for _, all := range c.assigned.of {
		for i, a := range all {
			if a.file == flagFile {
				continue
			}
			patched := c.patches(c.files[a.file])
			switch {
			case a.wrong && patched && c.replaced(all[i+1:], a):
			case a.wrong:
				c.report(source.Problem{
					Code: CodeNotBoolean, Effect: source.Fatal, At: a.At,
					Message: fmt.Sprintf("%s is not true or false but %s", a.gate, spelled(a.raw)), Hint: "write true or false, without quotes",
				})
			case a.raw == nil && !patched:
				c.report(source.Problem{
					Code: CodeGateNull, Effect: source.Suspect, At: a.At,
					Message: a.gate + " has no value, which the kubelet reads as false", Hint: "write true or false, or remove the line",
				})
			}
		}
	}
}

// replaced reports whether a later drop-in replaces what a sets.
func (c *Config) replaced(later []assignment, a assignment) bool {
	over := func(o assignment) bool { return o.file > a.file && o.file != flagFile && o.key == a.key }
	return slices.ContainsFunc(later, over) || slices.ContainsFunc(c.assigned.removals, over)
}

func spelled(value any) string {
	switch v := value.(type) {
	case string:
		return fmt.Sprintf("the string %q", v)
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	}
	return fmt.Sprint(value)
}
