package runtimecfg

import (
	"errors"
	"fmt"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
)

// Edit is a change of one file's text that was made and checked, but not written.
type Edit struct {
	Before, After []byte
	// Changed is false when there was nothing to do; After is then Before.
	Changed bool
	// Line and Column are where the key stands: in After, or in Before when it was removed.
	// Both are 0 when the key is in neither.
	Line, Column int
	// Why says what was done, or why nothing was.
	Why string
}

// Refusal is why a file is not edited: the daemon refuses its text already, or no edit
// would change this one key and nothing else. Line and Column count from 1.
type Refusal struct {
	Line, Column int
	Reason       string
	// Hint says what to do instead; it may be empty.
	Hint string
}

// Error gives "line:column: reason", to be put behind the file's name and a colon.
func (r *Refusal) Error() string { return fmt.Sprintf("%d:%d: %s", r.Line, r.Column, r.Reason) }

// ownNote marks a table header that plegctl added, for people and for RemovePodEvents.
const ownNote = "# added by plegctl"

// SetPodEvents sets enable_pod_events in the text of a CRI-O file. Only the bytes that must
// change do: the value where the key is set; else one line in [crio.runtime], below the
// commented-out default if there is one; else that table at the end. RemovePodEvents then
// gives the same bytes back. A refusal is a [*Refusal].
func SetPodEvents(src []byte, on bool) (Edit, error) {
	return setBool(src, tomldoc.BurntSushi, crioTarget(), on)
}

// RemovePodEvents takes the key out of a CRI-O file, so that CRI-O's default or another
// file counts. Where the key is not set, nothing changes.
func RemovePodEvents(src []byte) (Edit, error) {
	return remove(src, tomldoc.BurntSushi, crioTarget())
}

func crioTarget() tomldoc.Target {
	return tomldoc.Target{Table: []string{"crio", "runtime"}, Key: podEventsKey, Fold: true, Note: ownNote}
}

func setBool(src []byte, dialect tomldoc.Dialect, t tomldoc.Target, on bool) (Edit, error) {
	result, err := tomldoc.SetBool(src, dialect, t, on)
	if err != nil {
		return Edit{}, refusal(src, err)
	}
	return editOf(src, result, result.After), nil
}

func remove(src []byte, dialect tomldoc.Dialect, t tomldoc.Target) (Edit, error) {
	result, err := tomldoc.Remove(src, dialect, t)
	if err != nil {
		return Edit{}, refusal(src, err)
	}
	return editOf(src, result, src), nil
}

// editOf places the edit; its offset counts in text.
func editOf(src []byte, r tomldoc.Result, text []byte) Edit {
	e := Edit{Before: src, After: r.After, Changed: r.Changed, Why: r.Why}
	if r.Found {
		e.Line, e.Column = tomldoc.Position(text, r.Offset)
	}
	return e
}

func refusal(src []byte, err error) error {
	var where *tomldoc.Error
	if !errors.As(err, &where) {
		return err
	}
	r := &Refusal{Line: where.Line, Column: where.Column, Reason: where.Reason}
	if where.Edit {
		r.Hint = "write the setting by hand, or use a drop-in file"
	} else {
		r.Reason, r.Hint = crioWords(src, where)
	}
	return r
}
