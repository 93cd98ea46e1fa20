package runtimecfg

import (
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
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

// CRIOInputs is all that decides CRI-O's configuration.
type CRIOInputs struct {
	// Version is the release; the zero Version counts as one that knows the key.
	Version known.Version
	// Config is crio.conf, nil when there is none.
	Config *source.File
	// DropIns are all files below the drop-in folder, whatever their names, in any order.
	DropIns []source.File
	// Args is the daemon's command line without the program, each word with its position.
	Args []source.Assignment[string]
	// Env is the daemon's environment, Key being the name; of equal names the last counts.
	Env []source.Assignment[string]
}

// CRIO is the effective configuration of CRI-O, as far as Evented PLEG goes.
type CRIO struct {
	// PodEvents is enable_pod_events, off by default (no release up to 1.36.3 sets it).
	PodEvents source.Setting[bool]
	// Listen is the CRI socket.
	Listen source.Setting[string]
	// Order is the files as CRI-O reads them, each overruling those before it.
	Order []string
	// Problems are in the order of reading.
	Problems []source.Problem
}

// Refused reports that CRI-O would not start with this configuration.
func (c CRIO) Refused() bool { return refused(c.Problems) }

// EffectiveCRIO works out what CRI-O would do with these files, environment and flags:
// crio.conf, then every drop-in in the order of filepath.Walk, then the environment, then
// the flags (cri-o v1.36.3 internal/criocli/criocli.go mergeConfig, pkg/config/config.go
// UpdateFromPath). A flag or variable counts also when it says false.
func EffectiveCRIO(in CRIOInputs) CRIO {
	c := CRIO{PodEvents: source.DefaultTo(false), Listen: source.DefaultTo(CRIOSocket)}
	if in.Config != nil {
		c.read(source.ConfigFile, *in.Config, in.Version)
	}
	for _, src := range WalkOrder(in.DropIns) {
		c.leftover(src)
		c.read(source.DropIn, src, in.Version)
	}
	c.environment(in)
	c.flags(in)
	explain(&c.PodEvents, c.Problems)
	explain(&c.Listen, c.Problems)
	return c
}

// read applies one file.
func (c *CRIO) read(kind source.Kind, src source.File, version known.Version) {
	c.Order = append(c.Order, src.Path)
	if src.Err != nil {
		c.PodEvents.Known, c.Listen.Known = false, false
		c.problem(source.Problem{
			Code: CRIOUnread, Effect: source.Unread, At: source.At(kind, src.Path, 0, 0), Message: "cannot be read: " + src.Err.Error(),
			Hint: "run as root, or look at the file yourself: CRI-O reads every file there",
		})
		return
	}
	file := readCRIOFile(kind, src, version)
	c.Problems = append(c.Problems, file.problems...)
	for _, said := range file.podEvents {
		c.PodEvents.Override(said)
	}
	for _, said := range file.listen {
		c.Listen.Override(said)
	}
	c.PodEvents.Known = c.PodEvents.Known && !file.random && !file.unsure
	c.Listen.Known = c.Listen.Known && !file.randomListen && !file.unsure
}

func (c *CRIO) problem(p source.Problem) { c.Problems = append(c.Problems, p) }

// explain makes a setting unknown when the daemon would not start, and says why it is not
// known: the first problem that leaves it open.
func explain[T any](s *source.Setting[T], problems []source.Problem) {
	fatal, refused := source.FirstFatal(problems)
	if s.Known = s.Known && !refused; s.Known {
		return
	}
	p := fatal
	if !refused {
		for _, other := range problems {
			if other.Effect == source.Unread || other.Code == CRIORandom {
				p = other
				break
			}
		}
	}
	s.Reason, s.Hint = "it is not known what the runtime makes of its configuration", p.Hint
	if p.Code != "" {
		s.Reason = p.At.String() + ": " + p.Message
	}
}
