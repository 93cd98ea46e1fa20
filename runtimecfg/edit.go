package runtimecfg

import (
	"errors"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/source"
)

// ownNote marks a table header that plegctl added, for people and for RemovePodEvents.
const ownNote = "# added by plegctl"

// SetPodEvents sets enable_pod_events in the text of a CRI-O file. Only the bytes that must
// change do: the value where the key is set; else one line in [crio.runtime], below the
// commented-out default if there is one; else that table at the end. RemovePodEvents then
// gives the same bytes back. A refusal is a [*source.EditError].
func SetPodEvents(src []byte, on bool) (source.Edit, error) {
	return setBool(src, tomldoc.BurntSushi, crioTarget(), on)
}

// RemovePodEvents takes the key out of a CRI-O file, so that CRI-O's default or another
// file counts. Where the key is not set, nothing changes.
func RemovePodEvents(src []byte) (source.Edit, error) {
	return remove(src, tomldoc.BurntSushi, crioTarget())
}

func crioTarget() tomldoc.Target {
	return tomldoc.Target{Table: []string{"crio", "runtime"}, Key: podEventsKey, Fold: true, Note: ownNote}
}

func setBool(src []byte, dialect tomldoc.Dialect, t tomldoc.Target, on bool) (source.Edit, error) {
	result, err := tomldoc.SetBool(src, dialect, t, on)
	if err != nil {
		return source.Edit{}, refusal(src, err)
	}
	return editOf(src, result, result.After), nil
}

func remove(src []byte, dialect tomldoc.Dialect, t tomldoc.Target) (source.Edit, error) {
	result, err := tomldoc.Remove(src, dialect, t)
	if err != nil {
		return source.Edit{}, refusal(src, err)
	}
	return editOf(src, result, src), nil
}

// editOf places the edit; its offset counts in text.
func editOf(src []byte, r tomldoc.Result, text []byte) source.Edit {
	e := source.Edit{Before: src, After: r.After, Why: r.Why}
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
	r := &source.EditError{Line: where.Line, Column: where.Column, Reason: where.Reason}
	if where.Edit {
		r.Hint = "write the setting by hand, or use a drop-in file"
	} else {
		r.Reason, r.Hint = crioWords(src, where)
	}
	return r
}
