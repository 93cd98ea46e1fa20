package apply

import (
	"context"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// Machine is a node that may be changed, and the record of its changes. Whoever uses one
// holds the lock.
type Machine struct {
	Host  *node.Host
	Store *record.Store
	// Say tells the operator what goes on; it must not fail.
	Say func(format string, args ...any)
	// Verify observes the node anew and says how far up the ladder it is.
	Verify func(context.Context, plan.Verify) (Verdict, error)
	// Log gives the last lines of a unit's journal, for an error message; may be nil.
	Log func(ctx context.Context, unit string) []string
	// FilesOnly brings files back and restarts nothing: at boot the daemons start later.
	FilesOnly bool
	// Force lets a recovery overwrite what somebody else changed meanwhile (a copy is kept);
	// Leave lets it leave that as it is. With neither, such a file is an error.
	Force, Leave bool
	// InPlace overwrites files that no other file can take the place of (bind mounts). The
	// record holds the old bytes, so a half written file is brought back too.
	InPlace bool
	// Undo bounds an automatic rollback; 0 means [DefaultUndo].
	Undo time.Duration
	// Poll is how often a waiting step looks; 0 means [DefaultPoll].
	Poll time.Duration
}

// Bounds that hold where nothing else was asked for.
const (
	// DefaultUndo is longer than systemd's own 90 s for stopping a unit that hangs.
	DefaultUndo = 4 * time.Minute
	DefaultPoll = 100 * time.Millisecond
)

// Verdict is what a verification found.
type Verdict struct {
	State, Rung, Reason string
	// OK tells that the change may stay.
	OK bool
}

// Result is how a change ended.
type Result struct {
	// ID is the transaction; "" when there was nothing to do.
	ID      string
	Changed bool
	Verdict Verdict
}

func (m *Machine) say(format string, args ...any) {
	if m.Say != nil {
		m.Say(format, args...)
	}
}

func (m *Machine) poll() time.Duration {
	if m.Poll > 0 {
		return m.Poll
	}
	return DefaultPoll
}
