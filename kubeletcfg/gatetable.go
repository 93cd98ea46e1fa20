package kubeletcfg

import (
	_ "embed" // for gates.txt
	"strconv"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

//go:generate sh -c "cd internal/gategen && go run . 1.26.0 1.26.15 1.27.0 1.27.16 1.28.0 1.28.15 1.29.0 1.29.15 1.30.0 1.30.14 1.31.0 1.31.14 1.32.0 1.32.13 1.33.0 1.33.13 1.34.0 1.34.4 1.35.0 1.35.8 1.36.0 1.36.4 1.37.0 1.37.2 >../../gates.txt"

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
	version known.Version
	// columns are the columns of this minor's patches in a row of gatesText; all of them
	// where the version is not known.
	columns []column
	// rows are the gates, needs the "Gate>Needed" rows.
	rows, needs map[string]string
}

type column struct{ index, patch int }

func gatesAt(v known.Version) gateTable {
	t := gateTable{version: v, rows: map[string]string{}, needs: map[string]string{}}
	for line := range strings.Lines(gatesText) {
		row, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch {
		case row == "#":
		case row == "versions":
			t.columns = columnsOf(v, strings.Fields(name))
			if len(t.columns) == 0 {
				return t
			}
		case strings.Contains(name, ">"):
			t.needs[name] = row
		default:
			t.rows[name] = row
		}
	}
	return t
}

// columnsOf returns the columns of v's minor.
func columnsOf(v known.Version, versions []string) []column {
	var out []column
	for i, name := range versions {
		parts := strings.Split(name, ".")
		minor, _ := strconv.Atoi(parts[1])
		patch, _ := strconv.Atoi(parts[2])
		if v.IsZero() || v.Major == 1 && uint(minor) == v.Minor {
			out = append(out, column{i, patch})
		}
	}
	return out
}

// spec looks a gate up.
func (t gateTable) spec(gate string) gateSpec {
	if len(t.columns) == 0 {
		return t.ownGate(gate, gateSpec{})
	}
	row, ok := t.rows[gate]
	if !ok {
		row = strings.Repeat(".", t.columns[len(t.columns)-1].index+1)
	}
	if t.version.IsZero() {
		return t.inAnyVersion(row)
	}
	return t.ownGate(gate, t.read(row))
}

// inAnyVersion is what all versions agree on: the default of a gate that has always had the
// same one is known without the kubelet's version.
func (t gateTable) inAnyVersion(row string) gateSpec {
	var all gateSpec
	for _, c := range t.columns {
		if c.index >= len(row) {
			break
		}
		s := specOf(row[c.index])
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

// read returns what a row says of this version.
func (t gateTable) read(row string) gateSpec {
	letter, sure := t.letter(row)
	s := specOf(letter)
	s.sure = sure && s.known
	return s
}

// letter takes the letter of this patch; between two patches that were read, the one on
// which they agree; after the last one its letter, which is a guess.
func (t gateTable) letter(row string) (letter byte, sure bool) {
	before := t.columns[0]
	for _, c := range t.columns {
		switch {
		case uint(c.patch) == t.version.Patch && t.version.Pre == "":
			return row[c.index], true
		case uint(c.patch) <= t.version.Patch:
			before = c
		case row[c.index] != row[before.index]:
			return '?', false
		default:
			return row[c.index], t.version.Pre == ""
		}
	}
	return row[before.index], false
}

// ownGate uses the more exact table for our own gate: its stage changed within minors.
func (t gateTable) ownGate(gate string, s gateSpec) gateSpec {
	if gate != known.Gate || t.version.IsZero() {
		return s
	}
	stage := known.KubeletAt(t.version).Stage
	return gateSpec{
		known: true, sure: true, exists: stage != known.StageAbsent,
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
