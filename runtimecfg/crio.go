package runtimecfg

import (
	"github.com/plegctl/plegctl/verify/known"
)

// Where CRI-O looks when nothing else is said (cri-o v1.36.3 pkg/config/config_unix.go).
// CRI-O itself writes the socket as /var/run/crio/crio.sock, which is the same file.
const (
	CRIOConfig    = "/etc/crio/crio.conf"
	CRIODropInDir = "/etc/crio/crio.conf.d"
	CRIOSocket    = "/run/crio/crio.sock"
)

const (
	podEventsKey  = "enable_pod_events"
	podEventsFlag = "enable-pod-events"
	podEventsEnv  = "ENABLE_POD_EVENTS"
)

// EnvVar is one variable of CRI-O's environment; Where says who sets it.
type EnvVar struct {
	Name, Value, Where string
}

// CRIOInputs is all that decides CRI-O's configuration.
type CRIOInputs struct {
	// Version is the release; the zero Version counts as one that knows the key.
	Version known.Version
	// Config is crio.conf, nil when there is none.
	Config *Source
	// DropIns are all files below the drop-in folder, whatever their names, in any order.
	DropIns []Source
	// Env is the daemon's environment; of equal names the last counts.
	Env []EnvVar
	// Args is the daemon's command line without the program, and ArgsFrom says whose it is.
	Args     []string
	ArgsFrom string
}

// CRIO is the effective configuration of CRI-O, as far as Evented PLEG goes.
type CRIO struct {
	// PodEvents is enable_pod_events, off by default (no release up to 1.36.3 sets it).
	PodEvents Setting[bool]
	// Listen is the CRI socket.
	Listen Setting[string]
	// Order is the files as CRI-O reads them, each overruling those before it.
	Order []string
	// Problems are in the order of reading.
	Problems []Problem
}

// Refused reports that CRI-O would not start with this configuration.
func (c CRIO) Refused() bool { return anyFatal(c.Problems) }

// EffectiveCRIO works out what CRI-O would do with these files, environment and flags:
// crio.conf, then every drop-in in the order of filepath.Walk, then the environment, then
// the flags (cri-o v1.36.3 internal/criocli/criocli.go mergeConfig, pkg/config/config.go
// UpdateFromPath). A flag or variable counts also when it says false.
func EffectiveCRIO(in CRIOInputs) CRIO {
	c := CRIO{PodEvents: defaultTo(false), Listen: defaultTo(CRIOSocket)}
	if in.Config != nil {
		c.read(*in.Config, in.Version)
	}
	for _, src := range WalkOrder(in.DropIns) {
		c.leftover(src)
		c.read(src, in.Version)
	}
	c.environment(in)
	c.flags(in)
	if c.Refused() {
		c.PodEvents.Known, c.Listen.Known = false, false
	}
	return c
}

// read lets one file speak.
func (c *CRIO) read(src Source, version known.Version) {
	c.Order = append(c.Order, src.Path)
	if src.Err != nil {
		c.PodEvents.Known, c.Listen.Known = false, false
		c.problem(CRIOUnread, Pos{File: src.Path}, "cannot be read: "+src.Err.Error(), "run as root, or look at the file yourself: CRI-O reads every file there")
		return
	}
	file := readCRIOFile(src, version)
	c.Problems = append(c.Problems, file.problems...)
	for _, said := range file.podEvents {
		c.PodEvents.overrule(said)
	}
	for _, said := range file.listen {
		c.Listen.overrule(said)
	}
	c.PodEvents.Known = c.PodEvents.Known && !file.random && !file.unsure
	c.Listen.Known = c.Listen.Known && !file.randomListen && !file.unsure
}

func (c *CRIO) problem(code Code, pos Pos, text, hint string) {
	c.Problems = append(c.Problems, Problem{Code: code, From: inFile(pos), Text: text, Hint: hint})
}
