package change

import (
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// Env is the node that is changed, and who asked for it.
type Env struct {
	Host *node.Host
	// Observe says where to look; its StateDir holds the record.
	Observe  node.Options
	Now      func() time.Time
	Progress *lifecycle.Progress
	Who      record.Who
	// Self is the path of the running program, for the revert.
	Self func() (string, error)
}

// Request is what the operator asks for.
type Request struct {
	Goal plan.Goal
	plan.Wishes
	// Reason is the operator's own words, for the record.
	Reason string
	// NoRestart writes files only.
	NoRestart bool
	// Force overwrites what another program changed since.
	Force bool
	// InPlace overwrites files that cannot be replaced.
	InPlace bool
	// Partial rolls back what can be, and leaves the files where it cannot.
	Partial bool
	// To is the oldest record that a rollback undoes, "" for all.
	To string
	// ConfirmWithin, when not 0, undoes the change unless it is confirmed in time.
	ConfirmWithin time.Duration
	// NoRecord leaves no record in an image.
	NoRecord bool
	// Keep is how many ended transactions the history keeps.
	Keep int
}
