package kubeletcfg

import (
	_ "embed" // for gates.txt
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

//go:embed gates.txt
var gatesText string // by go:embed; all feature gates of the kubelet by version, see its head

// gateSpec is what a kubelet version knows of a gate.
type gateSpec struct {
	// known reports whether the rest is certain; it is not where the kubelet's source was not read.
	known, exists bool
	// sure is false where the answer was read from another patch of the same minor.
	sure bool
	// alpha and beta report whether AllAlpha and AllBeta reach the gate; where the version
	// is not known, whether they do in some version.
	alpha, beta     bool
	on, locked, pre bool
}

// gateTable answers for one kubelet version.
type gateTable struct {
	versionTable
	// needs are the "Gate>Needed" rows.
	needs map[string]string
}

func gatesAt(v known.Version) gateTable {
	t := gateTable{versionTable: tableAt(gatesText, v), needs: map[string]string{}}
	for name, row := range t.rows {
		if strings.Contains(name, ">") {
			t.needs[name] = row
			delete(t.rows, name)
		}
	}
	if len(t.columns) == 0 {
		t.needs = nil
	}
	return t
}

// spec looks a gate up.
func (t gateTable) spec(gate string) gateSpec {
	if len(t.columns) == 0 {
		return t.ownGate(gate, gateSpec{})
	}
	row, ok := t.rows[gate]
	if !ok {
		row = strings.Repeat(".", len(t.minors))
	}
	if t.version.IsZero() {
		return t.inAnyVersion(row)
	}
	letter, sure := t.letter(row)
	s := specOf(letter)
	s.sure = sure && s.known
	return t.ownGate(gate, s)
}

// inAnyVersion is what all versions agree on: the default of a gate that has always had the
// same one is known without the kubelet's version.
func (t gateTable) inAnyVersion(row string) gateSpec {
	var all gateSpec
	for i := range row {
		s := specOf(row[i])
		if !s.exists {
			continue
		}
		if !all.exists {
			all.known, all.on = true, s.on
		}
		all.exists = true
		all.known = all.known && s.on == all.on
		all.alpha, all.beta = all.alpha || s.alpha, all.beta || s.beta
	}
	return all
}

// ownGate uses the more exact table for our own gate: its stage changed within minors.
func (t gateTable) ownGate(gate string, s gateSpec) gateSpec {
	if gate != known.Gate || t.version.IsZero() {
		return s
	}
	stage := known.KubeletAt(t.version).Stage
	beyond := len(t.columns) == 0 && known.NewestKubelet().MinorLess(t.version.Major, t.version.Minor)
	return gateSpec{
		known: !beyond, sure: !beyond, exists: stage != known.StageAbsent,
		alpha: stage == known.StageAlpha, beta: stage == known.StageBeta,
	}
}

// specOf decodes a letter of gates.txt.
func specOf(letter byte) gateSpec {
	if letter == '?' {
		return gateSpec{}
	}
	s := gateSpec{known: true, exists: letter != '.', on: letter >= 'A' && letter <= 'Z'}
	switch letter | 0x20 {
	case 'a', 'z':
		s.alpha = true
	case 'b', 'c':
		s.beta = true
	case 'p':
		s.pre = true
	}
	s.locked = strings.IndexByte("zcle", letter|0x20) >= 0
	return s
}
