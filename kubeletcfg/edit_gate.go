package kubeletcfg

import (
	"maps"

	"github.com/plegctl/plegctl/verify/source"
)

// gateEdit changes one gate in one document.
type gateEdit struct {
	document
	path, gate string
	// dropIn reports whether the file is a drop-in, where null removes.
	dropIn bool
	tool   string
}

// candidate is one way to make the change.
type candidate struct {
	splices []splice
	why     string
}

func (e gateEdit) set(on bool) (source.Edit, error) {
	gates, err := e.gates()
	if err != nil {
		return source.Edit{}, err
	}
	if now, set := gatesIn(e.value)[e.gate]; set && now == on {
		return e.unchanged(e.offsetOf(gates), "already "+onOff(on)), nil
	}
	want := maps.Clone(gatesIn(e.value))
	if want == nil {
		want = map[string]any{}
	}
	want[e.gate] = on
	return e.try(e.setCandidates(gates, onOff(on)), want, gates)
}

func (e gateEdit) remove() (source.Edit, error) {
	gates, err := e.gates()
	if err != nil {
		return source.Edit{}, err
	}
	if _, set := gatesIn(e.value)[e.gate]; !set {
		return e.unchanged(-1, "not set here"), nil
	}
	if gates == nil || len(gates.value.all(e.gate)) == 0 {
		return source.Edit{}, e.refuse(e.start, "%s comes from a merged map or an alias, which other keys may use too", e.gate)
	}
	want := maps.Clone(gatesIn(e.value))
	delete(want, e.gate)
	return e.try(e.removeCandidates(*gates), want, gates)
}

// try takes the first candidate that means the old text with the wanted gates. What the
// strict parser accepted before it must accept after.
func (e gateEdit) try(candidates []candidate, want map[string]any, gates *entry) (source.Edit, error) {
	wanted := withGates(e.value, want)
	for _, c := range candidates {
		after := apply(e.Src, c.splices)
		d, bad := readDocument(after)
		if bad != nil || d.json != e.json || e.strict == nil && d.strict != nil {
			continue
		}
		if !same(d.value, wanted, e.dropIn) {
			continue
		}
		line, column := e.Position(c.splices[0].from)
		return source.Edit{Before: e.Src, After: after, Line: line, Column: column, Why: c.why}, nil
	}
	off := e.start
	if gates != nil {
		off = gates.keyStart
	}
	return source.Edit{}, e.refuse(off, "no edit here changes %s alone: featureGates is merged, shared through an anchor, or written in an unusual way", e.gate)
}

// gates finds the entry featureGates; nil where there is none. It refuses what is
// ambiguous to a reader or not a map.
func (e gateEdit) gates() (*entry, error) {
	found := e.root.all("featureGates")
	if len(found) == 0 {
		return nil, nil
	}
	if len(found) > 1 {
		first, _ := e.Position(found[0].keyStart)
		return nil, e.refuse(found[1].keyStart, "duplicate key featureGates (first in line %d), and only one counts: keep one", first)
	}
	value := found[0].value
	null := e.value["featureGates"] == nil
	switch {
	case value.kind == scalarNode && !null, value.kind == sequenceNode:
		return nil, e.refuse(value.start, "featureGates is not a map of gates to true or false")
	case null && e.dropIn:
		return nil, e.refuse(value.start, "null here removes all gates of the files before this one; a gate beside it would bring them back")
	}
	if duplicates := value.all(e.gate); len(duplicates) > 1 {
		first, _ := e.Position(duplicates[0].keyStart)
		return nil, e.refuse(duplicates[1].keyStart, "duplicate key %s (first in line %d), and only the last one counts: keep one", e.gate, first)
	}
	return &found[0], nil
}

// offsetOf is where the gate is written, or the map that it comes through.
func (e gateEdit) offsetOf(gates *entry) int {
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
