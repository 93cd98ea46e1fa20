package kubeletcfg

import (
	"encoding/json"

	"github.com/plegctl/plegctl/verify/known"
)

// Source is a sort of place that configuration comes from, weakest first.
type Source int

const (
	// SourceDefault: the kubelet's own default.
	SourceDefault Source = iota
	// SourceConfigFile: the --config file.
	SourceConfigFile
	// SourceDropIn: a kubelet config drop-in.
	SourceDropIn
	// SourceFlag: a command line flag.
	SourceFlag
)

// String is a short name for reports.
func (s Source) String() string {
	return [...]string{"default", "config file", "config drop-in", "flag"}[s]
}

// Inputs is all that decides a kubelet's configuration.
type Inputs struct {
	// Version is the kubelet's; the zero Version means not known.
	Version known.Version
	// Config is the --config file; nil where the kubelet is started without one. Data is
	// nil where the file could not be read.
	Config *TextFile
	// DropIns is the --config-dir folder; nil where the kubelet is started without one.
	DropIns *DropInFolder
	// Flags is the kubelet's command line.
	Flags CommandLine
	// DropInVariable tells that KUBELET_CONFIG_DROPIN_DIR_ALPHA is in the kubelet's environment.
	DropInVariable bool
}

// DropInFolder is a --config-dir as it was found.
type DropInFolder struct {
	Path string
	// Missing tells that there is no such folder.
	Missing bool
	// Link tells that Path is a symlink and does not end in a slash: the kubelet's walk
	// does not follow it, and reads nothing.
	Link bool
	// Files are the files to read, in the order of [DropInOrder]. Data is nil for one
	// that could not be read.
	Files []TextFile
}

// layer is one file of the configuration.
type layer struct {
	source Source
	path   string
	doc    document
	// broken tells that the kubelet cannot take the file, so nothing in it is known.
	broken bool
}

// mergeRules says how a kubelet version lays drop-ins over the --config file.
type mergeRules struct {
	// mixed (1.28): drop-ins are decoded and defaulted like a --config file, then merged
	// field by field: null is false or nothing, a default in a drop-in overrides.
	mixed bool
	// apart (1.29 to 1.31): drop-ins are merged among themselves, since the base is held
	// under other key names: null takes away what earlier drop-ins set, never the base's.
	apart bool
	// panics (1.32 and later): unknown and locked gates of files are fatal on their own,
	// also where a flag overrides them.
	panics bool
}

// rulesAt: kubernetes v1.28.15, v1.29.0, v1.31.14, v1.32.0 and v1.37.2,
// cmd/kubelet/app/server.go mergeKubeletConfigurations. An unknown version counts as new.
func rulesAt(v known.Version) mergeRules {
	unknown := v.IsZero()
	return mergeRules{
		mixed:  !unknown && v.MinorLess(1, 29),
		apart:  !unknown && !v.MinorLess(1, 29) && v.MinorLess(1, 32),
		panics: unknown || !v.MinorLess(1, 32),
	}
}

// value finds a value by its path of keys. found is false where the last key is missing.
func (l layer) value(path ...string) (value any, found bool) {
	value = any(l.doc.value)
	for _, key := range path {
		m, _ := value.(map[string]any)
		if value, found = m[key]; !found {
			return nil, false
		}
	}
	return value, true
}

// place is where a value, or as much of its path as has a place, stands.
func (l layer) place(path ...string) Place {
	off, n := l.doc.contentStart(), l.doc.root
	for _, key := range path {
		e, ok := n.last(key)
		if !ok {
			break
		}
		off, n = e.keyStart, e.value
	}
	return l.at(off)
}

func (l layer) at(off int) Place {
	line, column := l.doc.position(off)
	return Place{Path: l.path, Line: line, Column: column}
}

// number reads a JSON number as an integer.
func number(value any) (int, bool) {
	n, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return int(i), err == nil
}
