package plan

import (
	"slices"
	"time"
)

// Method is how a setting reaches a configuration.
type Method string

// The methods.
const (
	// MethodAuto makes a file of our own where the daemon already reads a drop-in directory
	// and nothing later overrides it, else edits the file that holds the effective value.
	MethodAuto   Method = "auto"
	MethodDropIn Method = "drop-in"
	MethodEdit   Method = "edit"
)

// Methods lists them, for the flag.
func Methods() []Method { return []Method{MethodAuto, MethodDropIn, MethodEdit} }

// Wishes are what the operator asks of a plan.
type Wishes struct {
	Method Method
	// Accept are risks accepted by name.
	Accept []string
	// ForceKey writes containerd's key although no build is known to have it.
	ForceKey bool
	// Couple adds the unit drop-in that restarts the kubelet with its runtime.
	Couple bool
	Proof
}

// Proof is what must be seen at the end of a change, and how long that may take.
type Proof struct {
	// Level is a rung of the ladder, or LevelOff; without a Level nothing is proven. Strict reports
	// whether it must be seen; else the best that can be had is enough.
	Level  string `json:"-"`
	Strict bool   `json:"-"`
	// Settle is how long the kubelet must keep its process; Wait is how long a daemon may
	// take to answer.
	Settle time.Duration `json:"settle,omitempty"`
	Wait   time.Duration `json:"wait,omitempty"`
}

// Options are the operator's wishes, and what the plan meets on the node.
type Options struct {
	Wishes
	// Staged writes files and restarts nothing.
	Staged bool
	// Locked reports whether the change that is planned holds the lock itself.
	Locked bool
	// Coupling is the unit drop-in of ours as it is now.
	Coupling FileState
	// Missing are directories that would have to be made for a file of ours, outermost first,
	// by the directory that the file goes into.
	Missing map[string][]string
	// Recorded are the changes that plegctl made and nobody reverted.
	Recorded []FileChange
}

func (o Options) accepts(risk string) bool { return slices.Contains(o.Accept, risk) }

// recorded is what plegctl did to a path, if it did and nobody touched it since.
func (o Options) recorded(path string, now []byte) (FileChange, bool) {
	for _, c := range o.Recorded {
		if c.Path == path && !c.Foreign() && c.After.Exists && string(c.After.Data) == string(now) {
			return c, true
		}
	}
	return FileChange{}, false
}

// firstRecord returns what was in a file before plegctl changed it for the first time.
func (o Options) firstRecord(path string) (before []byte, ok bool) {
	for _, c := range o.Recorded {
		if c.Path == path && !c.Foreign() && c.Before.Exists {
			return c.Before.Data, true
		}
	}
	return nil, false
}

// directories makes the directories that are missing for a file in dir.
func (o Options) directories(dir string) []Step {
	var steps []Step
	for _, missing := range o.Missing[dir] {
		steps = append(steps, MakeDir{Path: missing, Mode: 0o755})
	}
	return steps
}
