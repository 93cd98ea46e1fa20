package kubeletcfg

import "slices"

// Gate is the answer to what a feature gate is set to. It's what the configuration says;
// whether a kubelet starts with it is told by [Config.Starts] and [Config.Problems].
type Gate struct {
	Name string
	// On is the effective value. It counts only where Known is true: the default of an
	// unknown version, or what a file that could not be read says, is not known.
	On, Known bool
	// Winner decided it. Its Source is SourceDefault where nobody sets the gate.
	Winner Setter
	// Overruled are all others who set the gate, or AllAlpha or AllBeta where that would
	// reach it, the strongest first.
	Overruled []Setter
}

// Setter is one place that says something of a gate.
type Setter struct {
	Source Source
	// Gate is who spoke: the gate itself, "AllAlpha" or "AllBeta".
	Gate string
	On   bool
	// Removes tells that it sets nothing but takes away what files before it set: null in
	// a drop-in, for the gate or for all of featureGates.
	Removes bool
	Pos     Place
}

// Gate tells the value of one feature gate, who sets it and who is overruled. Per key the
// last of --config file, drop-ins and --feature-gates wins; AllAlpha and AllBeta count
// only for gates that nobody sets (component-base featureGate.SetFromMap).
func (c *Config) Gate(name string) Gate { return c.gateIn(name, c.everything()) }

func (c *Config) gateIn(name string, in scope) Gate {
	g := Gate{Name: name}
	spec := c.table.spec(name)
	winner, all := c.setters(name, in)
	g.Overruled = all
	for _, group := range []struct {
		gate    string
		reaches bool
	}{{"AllAlpha", spec.alpha}, {"AllBeta", spec.beta}} {
		if !group.reaches || name == group.gate {
			continue
		}
		// A group in the flags has set its gates one by one before a file is looked at.
		groupWinner, groupAll := c.setters(group.gate, scope{layers: in.layers})
		if winner == nil {
			winner = groupWinner
		}
		g.Overruled = append(g.Overruled, groupAll...)
	}
	if winner == nil {
		g.Winner = Setter{Source: SourceDefault, Gate: name, On: spec.on}
		g.On, g.Known = spec.on, spec.known && spec.exists && !c.hidden
		return g
	}
	g.Winner, g.On = *winner, winner.On
	g.Known = !c.hidden || winner.Source == SourceFlag && winner.Gate == name
	g.Overruled = without(g.Overruled, *winner)
	return g
}

// without drops the first of all that is s.
func without(all []Setter, s Setter) []Setter {
	if i := slices.Index(all, s); i >= 0 {
		return slices.Delete(all, i, i+1)
	}
	return all
}
