package apply

import (
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// Executor changes one node and records what it does. Whoever uses one holds the lock.
type Executor struct {
	Host     *node.Host
	Store    *record.Store
	Progress *lifecycle.Progress
	// Lock is looked at before every step; nil is not looked at.
	Lock *hostfs.Lock
	// FilesOnly brings files back and restarts nothing: at boot the daemons start later.
	FilesOnly bool
	// Force lets a recovery overwrite what another program changed meanwhile (a copy is
	// kept); Leave lets it leave that as it is. With neither, such a file is an error.
	Force, Leave bool
	// InPlace overwrites files that no other file can take the place of (bind mounts). The
	// record holds the old bytes, so a half written file is brought back too.
	InPlace bool
	// UndoTimeout bounds an automatic rollback; 0 means [lifecycle.Undo].
	UndoTimeout time.Duration
	// Poll is how often a waiting step looks; 0 means [lifecycle.Poll].
	Poll time.Duration

	// reported is what was last reported of the end of each unit's daemon.
	reported map[string]string
}

func (e *Executor) poll() time.Duration {
	if e.Poll > 0 {
		return e.Poll
	}
	return lifecycle.Poll
}

func (e *Executor) undoTimeout() time.Duration {
	if e.UndoTimeout > 0 {
		return e.UndoTimeout
	}
	return lifecycle.Undo
}
