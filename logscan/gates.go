package logscan

import (
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

// gateList is one listing of gates: whether each gate is listed, and its value.
type gateList struct {
	evented, allAlpha, allBeta *bool
	// cut reports whether the listing is not whole, so that a gate that is not in it may be set.
	cut bool
}

// listedGates reads a listing of gates in any of its forms: {map[A:true B:false]},
// {"A":true,"B":false}, A=true,B=false, or lines of YAML.
func listedGates(text string) gateList {
	var l gateList
	words := strings.FieldsFunc(text, func(r rune) bool {
		return strings.ContainsRune(" \t\n,{}[]&\"'", r)
	})
	for i, word := range words {
		name, value, ok := strings.Cut(word, ":")
		if !ok {
			name, value, ok = strings.Cut(word, "=")
		}
		if !ok {
			continue
		}
		if value == "" && i+1 < len(words) {
			value = words[i+1]
		}
		// JSON leaves the colon with the value: "A", ":true".
		if name == "" && i > 0 {
			name = words[i-1]
		}
		on := value == "true"
		if !on && value != "false" {
			l.cut = l.cut || name == known.Gate
			continue
		}
		switch name {
		case known.Gate:
			l.evented = &on
		case "AllAlpha":
			l.allAlpha = &on
		case "AllBeta":
			l.allBeta = &on
		}
	}
	return l
}

// of is what the list means for Evented PLEG in a kubelet of that version, which may not be
// known. A gate that is not listed has its default, which is off in all versions of the
// table; AllAlpha and AllBeta change the default of a gate at that stage (component-base
// featuregate, setUnsetAlphaGates and setUnsetBetaGates).
func (l gateList) of(v known.Version) (value GateValue, how string) {
	if l.evented != nil {
		if *l.evented {
			return GateOn, "set"
		}
		return GateOff, "set"
	}
	if l.cut {
		return GateUnknown, "the listing is cut off"
	}
	stage := known.KubeletAt(v).Stage
	unknown := noVersion(v)
	switch {
	case !unknown && stage == known.StageAbsent:
		return GateOff, "this kubelet has no such gate"
	case !unknown && known.NewestKubelet().MinorLess(v.Major, v.Minor):
		return GateUnknown, "not set, and the default of this version is not known"
	case l.allAlpha != nil && *l.allAlpha && (unknown || stage == known.StageAlpha):
		return GateOn, "by AllAlpha"
	case l.allBeta != nil && *l.allBeta && stage == known.StageBeta:
		return GateOn, "by AllBeta"
	case l.allBeta != nil && *l.allBeta && unknown:
		return GateUnknown, "AllBeta is set, and the version of the kubelet is not known"
	}
	return GateOff, "not set, which is off"
}

// noVersion: not logged, or a build without a version (v0.0.0-master+$Format:%H$).
func noVersion(v known.Version) bool {
	return v.IsZero() || v.Major == 0 && v.Minor == 0
}
