package change

import (
	"errors"
	"io/fs"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/verify"
)

// OwnFacts reads plegctl's own record, without its lock and without changing it.
func OwnFacts(host *node.Host, stateDir string) verify.Own {
	var own verify.Own
	own.LockHolder = node.LockHolder(host, stateDir)
	past, err := readRecord(host, stateDir)
	if err != nil {
		own.Problem = err.Error()
		own.Damaged = errors.Is(err, record.ErrCorrupt) || errors.Is(err, hostfs.ErrUntrusted)
		return own
	}
	for _, t := range past {
		one := &verify.Transaction{ID: t.ID, Command: string(t.Begin.Goal), State: string(t.Outcome()), At: t.At, Who: t.Begin.Who.String()}
		if t.Outcome() == record.Unfinished {
			own.Open = one
			continue
		}
		if t.Outcome() == record.RolledBack {
			one.Reverted = t.Ended.Cause
		}
		own.Last = one
	}
	if t, is := record.Waiting(past); is {
		own.Confirm = &verify.Confirm{ID: t.ID, Until: *t.Ended.ConfirmBy}
	}
	if own.Open == nil {
		drift(host, &own, record.Files(record.Outstanding(past)...))
	}
	return own
}

func readRecord(host *node.Host, stateDir string) ([]record.Transaction, error) {
	dir, err := host.Root.StateDir(stateDir, false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// It was only read from.
	defer func() { _ = dir.Close() }()
	return record.Open(dir, host.Now).List()
}

// drift compares what plegctl last wrote with what is there now.
func drift(host *node.Host, own *verify.Own, changes []plan.FileChange) {
	own.Coupled = verify.Seen(false, "record")
	for _, c := range changes {
		if c.After.Dir {
			continue
		}
		if c.Role == plan.UnitDropIn && c.After.Exists {
			own.Coupled.Value = true
		}
		now := hostfs.Absent
		data, err := host.Root.ReadFile(c.Path)
		switch {
		case err == nil:
			now = hostfs.Digest(data)
		case !errors.Is(err, fs.ErrNotExist):
			now = "unreadable: " + err.Error()
		}
		switch {
		case now != c.After.Digest():
			own.Drift = append(own.Drift, verify.Drift{Path: c.Path})
		case c.After.Exists:
			own.Written = append(own.Written, c.Path)
		}
	}
}
