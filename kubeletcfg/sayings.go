package kubeletcfg

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
)

// saying is what one place says of a gate, with the number of its file. Flags come last.
type saying struct {
	Setter
	layer int
	// key is how featureGates is spelled there; see [Config.gateKeys].
	key string
	// wrong tells that the value is of a sort that the kubelet cannot decode.
	wrong bool
}

const flagLayer = math.MaxInt

// sayings is all that is said of gates, in order.
type sayings struct {
	of map[string][]saying
	// wipes are drop-ins in which featureGates is null, and files in which it's no map.
	wipes []saying
}

// scope is a part of the sources: the first files, with the flags over or under them. The
// kubelet reads its flags alone first, then each file over them, at last the flags again.
type scope struct {
	layers     int
	flagsUnder bool
}

func (c *Config) everything() scope { return scope{layers: len(c.layers)} }

// rank orders what is said, the weakest first.
func (in scope) rank(s saying) int {
	if s.layer == flagLayer && in.flagsUnder {
		return -1
	}
	return s.layer
}

// listen collects what all sources say.
func (c *Config) listen() {
	c.said = sayings{of: map[string][]saying{}}
	for i, l := range c.layers {
		if !l.broken {
			c.listenTo(l, i)
		}
	}
	for _, f := range c.in.Flags.All("feature-gates") {
		for _, pair := range gatePairs(f.Value) {
			if pair.err == "" {
				c.hear(saying{Setter: Setter{Source: SourceFlag, Gate: pair.name, On: pair.on, Pos: f.Place}, layer: flagLayer})
			}
		}
	}
}

func (c *Config) listenTo(l layer, i int) {
	for spelled, key := range c.gateKeys(l) {
		value, _ := l.value(spelled)
		gates, isMap := value.(map[string]any)
		if !isMap && (value != nil || c.patches(l)) {
			c.said.wipes = append(c.said.wipes, saying{
				Setter: Setter{Source: l.source, Gate: spelled, Removes: true, Pos: l.place(spelled)},
				layer:  i, key: key, wrong: value != nil,
			})
		}
		for name, value := range gates {
			on, isBool := value.(bool)
			s := saying{Setter{Source: l.source, Gate: name, On: on, Pos: l.place(spelled, name)}, i, key, !isBool && value != nil}
			s.Removes = !isBool && (c.patches(l) || s.wrong)
			c.hear(s)
		}
	}
}

// gateKeys lists the keys of a file that hold feature gates, and under which key they are
// merged. Only "featureGates" counts, but for a merge patch: drop-ins are merged as they
// are spelled, and only the result is decoded, by a parser that takes no case for a
// difference. So "FeatureGates" works in a drop-in, and null under "featureGates" does not
// reach it (seen with kubelet 1.37.2). The base that drop-ins are laid over is spelled
// "FeatureGates" in 1.29 to 1.31, so null in a drop-in does not reach that either.
func (c *Config) gateKeys(l layer) map[string]string {
	keys := map[string]string{}
	for key := range l.doc.value {
		switch {
		case c.patches(l) && strings.EqualFold(key, "featureGates"):
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

func (c *Config) hear(s saying) { c.said.of[s.Gate] = append(c.said.of[s.Gate], s) }

// patches tells that the file is a merge patch, in which null takes away. Elsewhere null
// is decoded to no gates, and a gate that is null to false.
func (c *Config) patches(l layer) bool { return l.source == SourceDropIn && !c.rules.mixed }

// setters lists who sets this very gate, the strongest first, and who of them wins; nil
// where nobody does, or where the last word took it away.
func (c *Config) setters(name string, in scope) (winner *Setter, all []Setter) {
	said := c.said.of[name]
	if len(said) > 0 && (len(c.said.wipes) > 0 || in.flagsUnder) {
		said = append(slices.Clone(said), c.said.wipes...)
		slices.SortStableFunc(said, func(a, b saying) int { return cmp.Compare(in.rank(a), in.rank(b)) })
	}
	set := map[string]*Setter{} // by key, for the files
	var over *Setter
	for _, s := range said {
		if s.layer != flagLayer && s.layer >= in.layers {
			continue
		}
		all = append(all, s.Setter)
		switch {
		case s.Removes:
			delete(set, s.key)
		case s.layer == flagLayer && !in.flagsUnder:
			over = &s.Setter
		default:
			set[s.key] = &s.Setter
		}
	}
	slices.Reverse(all)
	if over != nil {
		return over, all
	}
	for _, key := range slices.Sorted(maps.Keys(set)) { // decoded in this order, the last one counts
		winner = set[key]
	}
	return winner, all
}

// winners is who wins for each gate that is set in a part of the sources.
func (c *Config) winners(in scope) map[string]Setter {
	out := map[string]Setter{}
	for name := range c.said.of {
		if winner, _ := c.setters(name, in); winner != nil {
			out[name] = *winner
		}
	}
	return out
}
