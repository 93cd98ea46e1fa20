package record

import (
	"time"

	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// Begin opens a transaction.
type Begin struct {
	Goal plan.Goal `json:"goal"`
	Who  Who       `json:"who"`
	// Reason is the operator's own words (--reason).
	Reason string `json:"reason,omitempty"`
	// Accepted are the risks that were accepted by name.
	Accepted []string `json:"accepted,omitempty"`
	// Undoes are the transactions that a rollback rolls back.
	Undoes []string `json:"undoes,omitempty"`
	Forced bool     `json:"forced,omitempty"`
	// InPlace overwrites files that cannot be replaced.
	InPlace bool `json:"inPlace,omitempty"`
	// Staged reports whether no unit is restarted (--no-restart, --root).
	Staged bool `json:"staged,omitempty"`
	// Units are what an undo restarts.
	plan.Units
	// Kubelet and Runtime are their versions.
	Kubelet string `json:"kubeletVersion,omitempty"`
	Runtime string `json:"runtime,omitempty"`
	// Boot is the boot in which it began, "" offline.
	Boot string `json:"boot,omitempty"`
	// Process names the process that makes the change, over reboots too.
	Process string `json:"process,omitempty"`
	// Plan is the plan in words, one line a step.
	Plan []string `json:"plan,omitempty"`
}

// Intent is written before a step is taken.
type Intent struct {
	Step int    `json:"step"`
	Text string `json:"text"`
	// Path, Before and After are there for a step on a file.
	Path string `json:"path,omitempty"`
	// Real is the path without symbolic links at that moment, where it is another one.
	Real string `json:"real,omitempty"`
	// RawPath and RawReal are there for a path that is not UTF-8, which JSON cannot hold.
	RawPath []byte          `json:"rawPath,omitempty"`
	RawReal []byte          `json:"rawReal,omitempty"`
	Role    plan.Role       `json:"role,omitempty"`
	Before  *plan.FileState `json:"before,omitempty"`
	After   *plan.FileState `json:"after,omitempty"`
	// InPlace reports whether the file was overwritten, not replaced (a bind mount).
	InPlace bool `json:"inPlace,omitempty"`
	// Unit and Verb are there for a step on a unit.
	Unit string `json:"unit,omitempty"`
	Verb string `json:"verb,omitempty"`
}

// Done is written after the step of the same number was taken.
type Done struct {
	Step int `json:"step"`
}

// Outcome is how a transaction ended.
type Outcome string

// The outcomes. Unfinished is never written: it is what a transaction is that has no end yet.
const (
	Unfinished Outcome = "open"
	Committed  Outcome = "committed"
	RolledBack Outcome = "rolled-back"
	Failed     Outcome = "failed"
)

// End closes a transaction.
type End struct {
	Outcome Outcome `json:"outcome"`
	Cause   string  `json:"why,omitempty"`
	State   string  `json:"state,omitempty"`
	Rung    string  `json:"rung,omitempty"`
	// ConfirmBy, when set, is when the change undoes itself unless it is confirmed.
	ConfirmBy *time.Time `json:"confirmBy,omitempty"`
	// Timer is the unit that will do so.
	Timer string `json:"timer,omitempty"`
}

// Note is a remark on the way: "rolling back because …", "armed the timer …".
type Note struct {
	Text string `json:"text"`
}

const (
	kindBegin   = "begin"
	kindIntent  = "intent"
	kindDone    = "done"
	kindEnd     = "end"
	kindNote    = "note"
	kindConfirm = "confirm"
)
