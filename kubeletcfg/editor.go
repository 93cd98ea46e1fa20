package kubeletcfg

import "maps"

// editor changes one gate in one document.
type editor struct {
	document
	gate string
	file File
}

// candidate is one way to make the change.
type candidate struct {
	splices []splice
	why     string
}

func (e editor) set(on bool) (Edit, error) {
	gates, err := e.gates()
	if err != nil {
		return Edit{}, err
	}
	if now, set := gatesIn(e.value)[e.gate]; set && now == on {
		return e.unchanged(e.placeOf(gates), "already "+onOff(on)), nil
	}
	want := maps.Clone(gatesIn(e.value))
	if want == nil {
		want = map[string]any{}
	}
	want[e.gate] = on
	return e.try(e.setCandidates(gates, onOff(on)), want, gates)
}

func (e editor) remove() (Edit, error) {
	gates, err := e.gates()
	if err != nil {
		return Edit{}, err
	}
	if _, set := gatesIn(e.value)[e.gate]; !set {
		return e.unchanged(-1, "not set here"), nil
	}
	if gates == nil || len(gates.value.all(e.gate)) == 0 {
		return Edit{}, e.refuse(e.contentStart(), "%s comes from a merged map or an alias, which other keys may use too", e.gate)
	}
	want := maps.Clone(gatesIn(e.value))
	delete(want, e.gate)
	return e.try(e.removeCandidates(*gates), want, gates)
}

// try takes the first candidate that means the old text with the wanted gates. What the
// strict parser took before it must take after.
func (e editor) try(candidates []candidate, want map[string]any, gates *entry) (Edit, error) {
	wanted := withGates(e.value, want)
	for _, c := range candidates {
		after := apply(e.src, c.splices)
		d, bad := readDocument(after)
		if bad != nil || d.json != e.json || e.strict == nil && d.strict != nil {
			continue
		}
		if !same(d.value, wanted, e.file == ConfigDropIn) {
			continue
		}
		line, column := e.position(c.splices[0].from)
		return Edit{Before: e.src, After: after, Changed: true, Line: line, Column: column, Why: c.why}, nil
	}
	off := e.contentStart()
	if gates != nil {
		off = gates.keyStart
	}
	return Edit{}, e.refuse(off, "no edit here changes %s alone: featureGates is merged, shared through an anchor, or written in a way that is not known", e.gate)
}

// gates finds the entry featureGates; nil where there is none. It refuses what is
// ambiguous to a reader or no map at all.
func (e editor) gates() (*entry, error) {
	found := e.root.all("featureGates")
	if len(found) == 0 {
		return nil, nil
	}
	if len(found) > 1 {
		first, _ := e.position(found[0].keyStart)
		return nil, e.refuse(found[1].keyStart, "featureGates stands twice (first in line %d), and only one counts: make it one", first)
	}
	value := found[0].value
	null := e.value["featureGates"] == nil
	switch {
	case value.kind == scalarNode && !null, value.kind == sequenceNode:
		return nil, e.refuse(value.start, "featureGates is not a map of gates to true or false")
	case null && e.file == ConfigDropIn:
		return nil, e.refuse(value.start, "null here wipes all gates of the files before this one; a gate beside it would bring them back")
	}
	if doubled := value.all(e.gate); len(doubled) > 1 {
		first, _ := e.position(doubled[0].keyStart)
		return nil, e.refuse(doubled[1].keyStart, "%s stands twice (first in line %d), and only the last one counts: make it one", e.gate, first)
	}
	return &found[0], nil
}

// placeOf is where the gate stands, or the map that it comes through.
func (e editor) placeOf(gates *entry) int {
	if gates == nil {
		return -1
	}
	if own, ok := gates.value.last(e.gate); ok {
		return own.keyStart
	}
	return gates.keyStart
}

func onOff(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
