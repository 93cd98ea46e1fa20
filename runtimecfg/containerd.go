package runtimecfg

import (
	"github.com/plegctl/plegctl/verify/known"
)

// Where containerd looks when nothing else is said (containerd v2.3.4 defaults/).
const (
	ContainerdConfig = "/etc/containerd/config.toml"
	ContainerdSocket = "/run/containerd/containerd.sock"
)

// Lookup gives the files that match a pattern, in lexical order. The pattern is an absolute
// path, with filepath.Match wildcards only where it holds a '*'. A literal path that does
// not exist gives no file and no error. [LookupFS] makes one of an fs.FS.
type Lookup func(pattern string) ([]Source, error)

// ContainerdInputs is all that decides containerd's configuration.
type ContainerdInputs struct {
	// Version is the release; the zero Version is taken for a containerd 2.
	Version known.Version
	// Root is config.toml, nil when there is none: containerd then runs on its defaults
	// and reads no conf.d at all.
	Root *Source
	// Lookup finds imports. Nil finds nothing.
	Lookup Lookup
	// Args is the daemon's command line without the program, and ArgsFrom says whose it is.
	Args     []string
	ArgsFrom string
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
	CRI Setting[bool]
	// Address is the socket.
	Address Setting[string]
	// PodEvents: upstream containerd always sends events from 1.7 on, whatever its files
	// say; then the origin is the built-in default. For a build that knows the key it is
	// what the files say, and not known where they say nothing.
	PodEvents Setting[bool]
	// Order is the files as containerd reads them: each importer before what it imports.
	Order []string
	// Problems are in the order of reading.
	Problems []Problem
}

// Refused reports that containerd would not start with this configuration.
func (c Containerd) Refused() bool { return anyFatal(c.Problems) }

// EffectiveContainerd works out what containerd would do with its files and flags
// (containerd v1.7.34 services/server/config/config.go, v2.3.4
// cmd/containerd/server/config/config.go).
func EffectiveContainerd(in ContainerdInputs) Containerd {
	rules := containerdRulesAt(in.Version)
	c := Containerd{CRI: defaultTo(true), Address: defaultTo(ContainerdSocket), PodEvents: eventsByDefault(in)}
	l := loader{in: in, rules: rules, out: &c}
	if in.Root != nil {
		l.load(*in.Root)
	}
	l.judge()
	if value, ok := stringFlag(in.Args, "address", "a"); ok && value != "" {
		c.Address.overrule(Said[string]{Value: value, From: Origin{Kind: FromFlag, Name: "--address", Where: in.ArgsFrom}})
	}
	if c.Refused() {
		c.CRI.Known, c.Address.Known, c.PodEvents.Known = false, false, false
	}
	return c
}

// ContainerdPath tells which configuration file this command line makes containerd read,
// and whether it insists on it.
func ContainerdPath(args []string) (config string, required bool) {
	if value, ok := stringFlag(args, "config", "c"); ok && value != "" {
		return value, true
	}
	return ContainerdConfig, false
}

// eventsByDefault is the answer before any file is read.
func eventsByDefault(in ContainerdInputs) Setting[bool] {
	s := defaultTo(known.RuntimeAt(known.Containerd, in.Version).Events != known.EventsNone)
	s.Known = !in.Version.IsZero() && !in.KnowsPodEvents
	return s
}
