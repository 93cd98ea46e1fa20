package runtimecfg

import (
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// Where containerd looks when nothing else is said (containerd v2.3.4 defaults/).
const (
	ContainerdConfig = "/etc/containerd/config.toml"
	ContainerdSocket = "/run/containerd/containerd.sock"
)

// Lookup gives the files that match a pattern, in lexical order. The pattern is an absolute
// path, with filepath.Match wildcards only where it holds a '*'. A literal path that does
// not exist gives no file and no error. [LookupFS] makes one of an fs.FS.
type Lookup func(pattern string) ([]source.File, error)

// ContainerdInputs is all that decides containerd's configuration.
type ContainerdInputs struct {
	// Version is the release; the zero Version is taken for a containerd 2.
	Version known.Version
	// Root is config.toml, nil when there is none: containerd then runs on its defaults
	// and reads no conf.d at all.
	Root *source.File
	// Lookup finds imports. Nil finds nothing.
	Lookup Lookup
	// Args is the daemon's command line without the program, each word with its position.
	Args []source.Assignment[string]
	// KnowsPodEvents is set for a build whose own `config dump` shows enable_pod_events.
	// No upstream release has such a key (1.6.0 to 2.4.0-beta.0).
	KnowsPodEvents bool
}

// Containerd is the effective configuration of containerd, as far as Evented PLEG goes.
type Containerd struct {
	// ConfigVersion is the version of the root file as containerd takes it: 1 when it
	// names none; 0 when there is no file.
	ConfigVersion int
	// CRI tells whether the CRI service runs; its origin is the entry that turns it off.
	CRI source.Setting[bool]
	// Address is the socket.
	Address source.Setting[string]
	// PodEvents: upstream containerd always sends events from 1.7 on, whatever its files
	// say; then the origin is the built-in default. For a build that knows the key it is
	// what the files say, and not known where they say nothing.
	PodEvents source.Setting[bool]
	// Order is the files as containerd reads them: each importer before what it imports.
	Order []string
	// Problems are in the order of reading.
	Problems []source.Problem
}

// Refused reports that containerd would not start with this configuration.
func (c Containerd) Refused() bool { return refused(c.Problems) }

// EffectiveContainerd works out what containerd would do with its files and flags
// (containerd v1.7.34 services/server/config/config.go, v2.3.4
// cmd/containerd/server/config/config.go).
func EffectiveContainerd(in ContainerdInputs) Containerd {
	rules := containerdRulesAt(in.Version)
	c := Containerd{CRI: source.DefaultTo(true), Address: source.DefaultTo(ContainerdSocket), PodEvents: eventsByDefault(in)}
	l := loader{in: in, rules: rules, out: &c}
	if in.Root != nil {
		l.load(*in.Root)
	}
	l.judge()
	if address, ok := stringFlag(in.Args, "address", "a"); ok && address.Value != "" {
		c.Address.Override(address)
	}
	explain(&c.CRI, c.Problems)
	explain(&c.Address, c.Problems)
	explain(&c.PodEvents, c.Problems)
	return c
}

// ContainerdPath tells which configuration file this command line makes containerd read,
// and whether it insists on it.
func ContainerdPath(args []source.Assignment[string]) (config string, required bool) {
	if value, ok := stringFlag(args, "config", "c"); ok && value.Value != "" {
		return value.Value, true
	}
	return ContainerdConfig, false
}

// eventsByDefault is the answer before any file is read.
func eventsByDefault(in ContainerdInputs) source.Setting[bool] {
	s := source.DefaultTo(known.RuntimeAt(known.Containerd, in.Version).Events != known.EventsNone)
	s.Known = !in.Version.IsZero() && !in.KnowsPodEvents
	return s
}
