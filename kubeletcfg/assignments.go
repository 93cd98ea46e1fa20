package kubeletcfg

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// assignment is what one source sets a gate to. Flags come after all files.
type assignment struct {
	source.Assignment[bool]
	// gate is the name as written.
	gate string
	// file is the index of the file in Config.files.
	file int
	// key is how featureGates is spelled there; see [Config.gateKeys].
	key string
	// wrong reports whether the kubelet cannot decode the value, which is raw.
	wrong bool
	raw   any
}

const flagFile = math.MaxInt

// assignments are all assignments to gates, in the order in which the kubelet reads them.
type assignments struct {
	of map[string][]assignment
	// removals are drop-ins in which featureGates is null, and files in which it is not a map.
	removals []assignment
}

// scope is a part of the sources: the first files, with the flags over or under them. The
// kubelet reads its flags alone first, then each file over them, and the flags again at the end.
type scope struct {
	files      int
	flagsUnder bool
}

func (c *Config) everything() scope { return scope{files: len(c.files)} }

// rank orders assignments, the weakest first.
func (in scope) rank(a assignment) int {
	if a.file == flagFile && in.flagsUnder {
		return -1
	}
	return a.file
}

// collect records what all sources assign to gates.
func (c *Config) collect() {
	c.assigned = assignments{of: map[string][]assignment{}}
	for i, f := range c.files {
		if !f.broken {
			c.collectFile(f, i)
		}
	}
	for _, f := range c.flags.all("feature-gates") {
		if f.Unknown != "" {
			continue
		}
		for _, pair := range gatePairs(f.Value) {
			if pair.err == "" {
				a := source.Assignment[bool]{Value: pair.on, At: f.At}
				c.record(assignment{Assignment: a, gate: pair.name, file: flagFile})
			}
		}
	}
}

func (c *Config) collectFile(f file, i int) {
	for spelled, key := range c.gateKeys(f) {
		value, _ := f.value(spelled)
		gates, isMap := value.(map[string]any)
		if !isMap && (value != nil || c.patches(f)) {
			a := source.Assignment[bool]{At: f.position(spelled), Key: spelled, Removes: true}
			c.assigned.removals = append(c.assigned.removals, assignment{Assignment: a, gate: spelled, file: i, key: key, wrong: value != nil})
		}
		for name, value := range gates {
			on, isBool := value.(bool)
			wrong := !isBool && value != nil
			a := source.Assignment[bool]{Value: on, At: f.position(spelled, name), Removes: !isBool && (c.patches(f) || wrong)}
			c.record(assignment{Assignment: a, gate: name, file: i, key: key, wrong: wrong, raw: value})
		}
	}
}

// gateKeys lists the keys of a file that hold feature gates, and under which key they are
// merged. Only "featureGates" counts, except in a merge patch: drop-ins are merged as they
// are spelled, and only the result is decoded, by a parser that ignores case. So
// "FeatureGates" works in a drop-in, and null under "featureGates" does not reach it (seen
// with kubelet 1.37.2). The base that drop-ins are merged into is spelled "FeatureGates"
// in 1.29 to 1.31, so null in a drop-in does not reach that either.
func (c *Config) gateKeys(f file) map[string]string {
	keys := map[string]string{}
	for key := range f.doc.value {
		switch {
		case c.patches(f) && strings.EqualFold(key, "featureGates"):
			keys[key] = key
		case key != "featureGates":
		case c.rules.apart:
			keys[key] = "FeatureGates"
		default:
			keys[key] = key
		}
	}
	return keys
}

func (c *Config) record(a assignment) { c.assigned.of[a.gate] = append(c.assigned.of[a.gate], a) }

// patches reports whether the file is a merge patch, in which null removes. Elsewhere null
// is decoded to no gates, and a gate that is null to false.
func (c *Config) patches(f file) bool { return f.kind == source.DropIn && !c.rules.mixed }

// assignments lists who sets this very gate, strongest first, and which of them wins: nil
// where none does, or where the last one removed it.
func (c *Config) assignments(gate string, in scope) (winner *source.Assignment[bool], all []source.Assignment[bool]) {
	found := c.assigned.of[gate]
	if len(found) > 0 && (len(c.assigned.removals) > 0 || in.flagsUnder) {
		found = append(slices.Clone(found), c.assigned.removals...)
		slices.SortStableFunc(found, func(a, b assignment) int { return cmp.Compare(in.rank(a), in.rank(b)) })
	}
	set := map[string]*source.Assignment[bool]{} // by key, for the files
	var flag *source.Assignment[bool]
	for _, a := range found {
		if a.file != flagFile && a.file >= in.files {
			continue
		}
		all = append(all, a.Assignment)
		switch {
		case a.Removes:
			delete(set, a.key)
		case a.file == flagFile && !in.flagsUnder:
			flag = &a.Assignment
		default:
			set[a.key] = &a.Assignment
		}
	}
	slices.Reverse(all)
	if flag != nil {
		return flag, all
	}
	for _, key := range slices.Sorted(maps.Keys(set)) { // decoded in this order, the last one counts
		winner = set[key]
	}
	return winner, all
}

// winners returns the winning assignment of each gate that is set in a part of the sources.
func (c *Config) winners(in scope) map[string]source.Assignment[bool] {
	out := map[string]source.Assignment[bool]{}
	for gate := range c.assigned.of {
		if winner, _ := c.assignments(gate, in); winner != nil {
			out[gate] = *winner
		}
	}
	return out
}
