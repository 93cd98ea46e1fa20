package plan

import "slices"

// RollbackInput is what a rollback is planned from.
type RollbackInput struct {
	// Changes are the recorded changes, first state to last, in the order they were made.
	Changes []FileChange
	// Now is what is at each path at present.
	Now map[string]FileState
	// Force overwrites what another program changed; it is kept beside the record.
	Force  bool
	Staged bool
	Units  Units
	// Touched, when set, says which units a change that did not come to its end had begun
	// to stop or restart: only those must be brought up again.
	Touched *Touched
	// Kubelet and Runtime force a restart although no file of theirs changes back: a
	// crash may have left the unit stopped.
	Kubelet, Runtime bool
}

// Touched are the units that were stopped, started or restarted.
type Touched struct{ Kubelet, Runtime bool }

// Rollback plans the way back to the recorded state. A path that is as it was is left
// alone, so a second rollback does nothing. Out of a file that another program changed
// elsewhere only plegctl's own changes are taken. Where that cannot be done it is a
// *[DriftError] unless forced; the plan that comes with it leaves just these files alone.
func Rollback(in RollbackInput) (Plan, error) {
	p := Plan{Goal: GoalRollback, Staged: in.Staged}
	var files []Step
	var drift []Drift
	for _, c := range slices.Backward(in.Changes) {
		now := in.Now[c.Place()]
		switch {
		case now.SameContent(c.Before) && (!now.Exists || now.SameMetadata(c.Before)):
			continue
		case now.SameContent(c.After) && !c.Foreign(), now.SameContent(c.Before), c.Torn:
			files = append(files, RestoreFile{Path: c.Path, Real: c.Real, Now: now, Then: c.Before, Role: c.Role})
		case now.Dir && !c.Before.Exists:
			p.Notes = append(p.Notes, c.Path+" stays: it is a directory now")
		case in.Force:
			files = append(files, RestoreFile{Path: c.Path, Real: c.Real, Now: now, Then: c.Before, Role: c.Role, Keep: now.Exists})
		default:
			then, ok := reversed(c, now)
			if !ok {
				drift = append(drift, Drift{Path: c.Path, Edits: c.edits(), Now: now})
			}
			if !ok || then.SameContent(now) {
				continue
			}
			p.Notes = append(p.Notes, c.Path+": others changed it too, so only plegctl's lines go (all with --force)")
			files = append(files, RestoreFile{Path: c.Path, Real: c.Real, Now: now, Then: then, Role: c.Role, Keep: true})
		}
	}
	kubelet, runtime := changed(files)
	if in.Touched != nil {
		kubelet, runtime = in.Touched.Kubelet, in.Touched.Runtime
	}
	p.Steps = sequence(files, in.Units, kubelet || in.Kubelet, runtime || in.Runtime, in.Staged)
	if len(drift) > 0 {
		return p, &DriftError{drift}
	}
	return p, nil
}
