package plan

import (
	"cmp"
	"fmt"
	"io/fs"
	"time"
)

// Step is one piece of a plan. The set is closed: apply has one case for each.
type Step interface{ step() }

// MakeDir makes a directory that does not exist.
type MakeDir struct {
	Path string
	Mode fs.FileMode
}

// CreateFile makes a file that must not be there yet.
type CreateFile struct {
	Path string
	Data []byte
	Mode fs.FileMode
	Role Role
}

// WriteFile replaces the bytes of a file that must hold Before now. Mode, owner and
// extended attributes stay.
type WriteFile struct {
	Path          string
	Before, After []byte
	Role          Role
}

// RemoveFile removes a file that must hold Before now.
type RemoveFile struct {
	Path   string
	Before []byte
	Role   Role
}

// RestoreFile brings a path back to a recorded state, metadata included. Now is what must
// be there at that moment.
type RestoreFile struct {
	Path string
	// Real is the path that is written to, where the change went over symbolic links.
	Real      string
	Now, Then FileState
	Role      Role
	// Keep reports whether Now is another program's work, to be kept beside the record first.
	Keep bool
}

type (
	// StopUnit stops a systemd unit and waits for the proof.
	StopUnit struct{ Unit string }
	// StartUnit starts one and waits for the proof.
	StartUnit struct{ Unit string }
	// RestartUnit restarts one and waits for the proof of a new instance.
	RestartUnit struct{ Unit string }
)

// ReloadUnits makes systemd read unit files again.
type ReloadUnits struct{}

// AwaitCRI waits until the runtime answers CRI Version at the endpoint.
type AwaitCRI struct{ Endpoint string }

// DrainEvents reads the container events that the runtime kept while nobody read them.
type DrainEvents struct{ Endpoint string }

// AwaitHealthz waits until the kubelet answers on its healthz port.
type AwaitHealthz struct {
	Address string
	Port    int
}

// Settle watches that a unit keeps its process and its invocation for a while: a kubelet
// that dies of its config needs some seconds to show it.
type Settle struct {
	Unit   string
	Window time.Duration
}

// Verify observes the node anew and climbs the evidence ladder to Level.
type Verify struct {
	// Level is a rung of the ladder, or LevelOff.
	Level string
	// Strict reports whether the level must be seen; else the best that can be had is enough.
	Strict bool
	// Accepted reports whether known harm was accepted by name.
	Accepted bool
	Wait     time.Duration
}

// LevelOff asks that nothing of Evented PLEG is left half done.
const LevelOff = "off"

func (MakeDir) step()      {}
func (CreateFile) step()   {}
func (WriteFile) step()    {}
func (RemoveFile) step()   {}
func (RestoreFile) step()  {}
func (StopUnit) step()     {}
func (StartUnit) step()    {}
func (RestartUnit) step()  {}
func (ReloadUnits) step()  {}
func (AwaitCRI) step()     {}
func (DrainEvents) step()  {}
func (AwaitHealthz) step() {}
func (Settle) step()       {}
func (Verify) step()       {}

// Text says what a step does, in one line for people.
func Text(s Step) string {
	switch s := s.(type) {
	case MakeDir:
		return "make the directory " + s.Path
	case CreateFile:
		return "create " + s.Path
	case WriteFile:
		return "edit " + s.Path
	case RemoveFile:
		return "remove " + s.Path
	case RestoreFile:
		if s.Then.Exists {
			return "restore " + s.Path
		} else if s.Now.Dir {
			return "remove the directory " + s.Path
		}
		return "remove " + s.Path
	case StopUnit:
		return "stop " + s.Unit
	case StartUnit:
		return "start " + s.Unit
	case RestartUnit:
		return "restart " + cmp.Or(s.Unit, "the container runtime")
	case ReloadUnits:
		return "make systemd read its unit files again"
	case AwaitCRI:
		return "wait until the runtime answers at " + s.Endpoint
	case DrainEvents:
		return "drain the backlog of container events"
	case AwaitHealthz:
		return fmt.Sprintf("wait until the kubelet answers on %s:%d/healthz", cmp.Or(s.Address, "127.0.0.1"), s.Port)
	case Settle:
		return fmt.Sprintf("watch that %s keeps its process for %s", s.Unit, s.Window)
	case Verify:
		if s.Level != LevelOff {
			return "verify the level " + s.Level + ", and that pods are as before"
		}
		return "verify that the node is well without it, and that pods are as before"
	}
	return fmt.Sprintf("%T", s)
}

// Role says whose file it is, which decides what must be restarted.
type Role string

// The roles of a file.
const (
	KubeletConfig Role = "kubelet"
	RuntimeConfig Role = "runtime"
	UnitDropIn    Role = "unit"
)
