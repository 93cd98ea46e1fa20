package kubeletcfg

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// Inputs is everything that decides a kubelet's configuration.
type Inputs struct {
	// Version is the kubelet's; the zero Version is an unknown one.
	Version known.Version
	// Command is how the kubelet is started.
	Command start.Command
	// Config is the --config file; nil where the kubelet is started without one.
	Config *source.File
	// DropIns is the --config-dir directory; nil where the kubelet is started without one.
	DropIns *DropInDir
}

// Files returns the files that the kubelet reads, as far as they exist: the --config file,
// then the drop-ins in reading order.
func (in Inputs) Files() []source.File {
	var files []source.File
	if in.Config != nil && !in.Config.Missing() {
		files = append(files, *in.Config)
	}
	if in.DropIns != nil {
		files = append(files, in.DropIns.Files...)
	}
	return files
}

// IsDropIn reports whether the kubelet reads path as a kubelet config drop-in.
func (in Inputs) IsDropIn(path string) bool {
	return in.DropIns != nil && slices.ContainsFunc(in.DropIns.Files, func(f source.File) bool { return f.Path == path })
}

// With returns the inputs with other files in the place of [Inputs.Files].
func (in Inputs) With(files []source.File) Inputs {
	main := in.Config
	in.Config = nil
	if in.DropIns != nil {
		dir := *in.DropIns
		dir.Files = nil
		in.DropIns = &dir
	}
	for _, f := range files {
		switch {
		case main != nil && f.Path == main.Path:
			in.Config = &f
		case in.DropIns != nil:
			in.DropIns.Files = append(in.DropIns.Files, f)
		}
	}
	return in
}

// DropInDir is a --config-dir as it was found.
type DropInDir struct {
	Path string
	// Err is why the directory could not be read.
	Err error
	// Link reports whether Path is a symlink and does not end in a slash: the kubelet does
	// not follow it, and reads nothing.
	Link bool
	// Files are the files that the kubelet reads, in the order of [DropInOrder].
	Files []source.File
	// Skipped are the files that it does not read.
	Skipped []source.File
}

// Missing reports whether the directory does not exist.
func (d DropInDir) Missing() bool { return errors.Is(d.Err, fs.ErrNotExist) }

// file is one file of the configuration.
type file struct {
	kind source.Kind
	path string
	doc  document
	// broken reports whether the kubelet cannot read the file, so nothing in it is known.
	broken bool
}

// mergeRules are how a kubelet version merges drop-ins into the --config file.
type mergeRules struct {
	// mixed (1.28): drop-ins are decoded and defaulted like a --config file, then merged
	// field by field: null is false or nothing, a default in a drop-in overrides.
	mixed bool
	// apart (1.29 to 1.31): drop-ins are merged among themselves, since the base is held
	// under other key names: null removes what earlier drop-ins set, never the base's.
	apart bool
	// panics (1.32 and later): unknown and locked gates of files are fatal on their own,
	// even where a flag overrides them.
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
func (f file) value(path ...string) (value any, found bool) {
	value = any(f.doc.value)
	for _, key := range path {
		m, _ := value.(map[string]any)
		if value, found = m[key]; !found {
			return nil, false
		}
	}
	return value, true
}

// position is where a value, or as much of its path as has a position, is written.
func (f file) position(path ...string) source.Position {
	off, n := f.doc.start, f.doc.root
	for _, key := range path {
		e, ok := n.last(key)
		if !ok {
			break
		}
		off, n = e.keyStart, e.value
	}
	return f.at(off)
}

func (f file) at(off int) source.Position {
	line, column := f.doc.Position(off)
	return source.At(f.kind, f.path, line, column)
}
