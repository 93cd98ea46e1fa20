package plan

import (
	"slices"

	"github.com/plegctl/plegctl/verify"
)

// Goal says what a plan is for.
type Goal string

// The goals of a plan.
const (
	GoalEnable   Goal = "enable"
	GoalDisable  Goal = "disable"
	GoalRollback Goal = "rollback"
	GoalCouple   Goal = "couple"
	GoalUncouple Goal = "uncouple"
)

// Plan is what would be done, in order. A plan without steps is success: there is nothing
// to do.
type Plan struct {
	Goal  Goal
	Steps []Step
	// Notes are said to the operator: what was not known, what stays as it is.
	Notes []string
	// Warnings are what the operator should know before anything is stopped.
	Warnings []string
	// Accepted are the risks that were in the way and were accepted by name.
	Accepted []string
	// Staged reports whether files are written and nothing is restarted.
	Staged bool
	// Report is every check that the decision to enable stands on.
	Report verify.Report
}

// Empty reports whether there is nothing to do.
func (p Plan) Empty() bool { return len(p.Steps) == 0 }

// Lines are the steps in words.
func (p Plan) Lines() []string {
	lines := make([]string, 0, len(p.Steps))
	for _, s := range p.Steps {
		lines = append(lines, Text(s))
	}
	return lines
}

// LastFile is the index of the last step that changes a file, -1 where there is none.
func (p Plan) LastFile() int {
	for i := len(p.Steps) - 1; i >= 0; i-- {
		switch p.Steps[i].(type) {
		case MakeDir, CreateFile, WriteFile, RemoveFile, RestoreFile:
			return i
		}
	}
	return -1
}

// Restarts lists the units that the plan stops, starts or restarts, each once.
func (p Plan) Restarts() []string {
	var units []string
	for _, s := range p.Steps {
		unit := ""
		switch s := s.(type) {
		case StopUnit:
			unit = s.Unit
		case StartUnit:
			unit = s.Unit
		case RestartUnit:
			unit = s.Unit
		}
		if unit != "" && !slices.Contains(units, unit) {
			units = append(units, unit)
		}
	}
	return units
}

// FileChange is what happened, or would happen, to one path.
type FileChange struct {
	Path string
	// Real is the path that was changed, where Path led there over symbolic links.
	Real          string
	Role          Role
	Before, After FileState
	// Edits are the single changes that lead from Before to After, where there were several;
	// what lies between two of them is the work of another program.
	Edits []Edit
	// Torn reports whether a write in place may have stopped half way: whatever is there is ours.
	Torn bool
}

// Edit is one recorded change of a file.
type Edit struct {
	// Record is the transaction that made it.
	Record        string
	Before, After FileState
}

// edits are the single changes, oldest first.
func (c FileChange) edits() []Edit {
	if len(c.Edits) > 0 {
		return c.Edits
	}
	return []Edit{{Before: c.Before, After: c.After}}
}

// Foreign reports whether another program changed it between two recorded changes.
func (c FileChange) Foreign() bool {
	for i := 1; i < len(c.Edits); i++ {
		if !c.Edits[i].Before.SameContent(c.Edits[i-1].After) {
			return true
		}
	}
	return false
}

// Place is the path that was changed, whatever Path leads to now.
func (c FileChange) Place() string {
	if c.Real != "" {
		return c.Real
	}
	return c.Path
}

// Changes are the plan's changes of files, in order. Metadata are filled in only where the
// plan knows them.
func (p Plan) Changes() []FileChange {
	var all []FileChange
	for _, s := range p.Steps {
		switch s := s.(type) {
		case MakeDir:
			all = append(all, FileChange{Path: s.Path, After: FileState{Exists: true, Dir: true, Mode: s.Mode}})
		case CreateFile:
			all = append(all, FileChange{Path: s.Path, Role: s.Role, After: FileState{Exists: true, Data: s.Data, Mode: s.Mode}})
		case WriteFile:
			all = append(all, FileChange{
				Path: s.Path, Role: s.Role,
				Before: FileState{Exists: true, Data: s.Before}, After: FileState{Exists: true, Data: s.After},
			})
		case RemoveFile:
			all = append(all, FileChange{Path: s.Path, Role: s.Role, Before: FileState{Exists: true, Data: s.Before}})
		case RestoreFile:
			all = append(all, FileChange{Path: s.Path, Role: s.Role, Before: s.Now, After: s.Then})
		}
	}
	return all
}
