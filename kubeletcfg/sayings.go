package kubeletcfg

import (
	"cmp"
	"math"
	"slices"
)

// saying is what one place says of a gate, with the number of its file. Flags come last.
type saying struct {
	Setter
	layer int
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
	gates, found := l.value("featureGates")
	if _, isMap := gates.(map[string]any); found && !isMap && (gates != nil || c.patches(l)) {
		c.said.wipes = append(c.said.wipes, saying{
			Setter: Setter{Source: l.source, Gate: "featureGates", Removes: true, Pos: l.place("featureGates")},
			layer:  i, wrong: gates != nil,
		})
	}
	for name, value := range gatesIn(l.doc.value) {
		on, isBool := value.(bool)
		s := saying{Setter{Source: l.source, Gate: name, On: on, Pos: l.place("featureGates", name)}, i, !isBool && value != nil}
		s.Removes = !isBool && (c.patches(l) || s.wrong)
		c.hear(s)
	}
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
	var base, over *Setter
	for _, s := range said {
		if s.layer != flagLayer && s.layer >= in.layers {
			continue
		}
		all = append(all, s.Setter)
		switch {
		case s.Removes:
			over = nil
			if !c.rules.apart {
				base = nil
			}
		case s.Source == SourceConfigFile, in.flagsUnder && s.Source == SourceFlag:
			base = &s.Setter
		default:
			over = &s.Setter
		}
	}
	slices.Reverse(all)
	if over != nil {
		return over, all
	}
	return base, all
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
