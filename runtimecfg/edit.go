package runtimecfg

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// Editor switches the container events of a runtime on or off in the name of a program. It
// changes text, not files.
type Editor struct {
	Runtime known.RuntimeName
	Version known.Version
	// Owner is the program's name: its drop-in is "99-OWNER.conf", and a table header that
	// it adds carries the comment "# added by OWNER".
	Owner string
	// Comment is the comment at the top of its drop-in, without "#".
	Comment string
}

// editor is an edit that is prepared for one text.
type editor struct {
	reader
	target tomldoc.Target
}

// Set switches events on or off in the text of a configuration file. Only the bytes that
// must change do: the value where the setting is; else one line in its table, below the
// commented-out default if there is one; else the table at the end. [Editor.Remove] then
// gives the same bytes back. An error is a [*source.EditError].
func (e Editor) Set(src []byte, on bool) (source.Edit, error) {
	return e.edit(src, func(p editor) (tomldoc.Result, bool, error) {
		r, err := tomldoc.SetBool(src, p.decode, p.target, on)
		return r, true, err
	})
}

// Remove removes the setting from the text of a file, so that the default or another file
// counts. Where it is not set, nothing changes.
func (e Editor) Remove(src []byte) (source.Edit, error) {
	return e.edit(src, func(p editor) (tomldoc.Result, bool, error) {
		r, err := tomldoc.Remove(src, p.decode, p.target)
		return r, false, err
	})
}

// edit runs an edit on a text that the daemon accepts; set reports whether its offset
// counts in the new text.
func (e Editor) edit(src []byte, change func(editor) (result tomldoc.Result, set bool, err error)) (source.Edit, error) {
	r := rulesOf(e.Runtime)
	if r == nil {
		return source.Edit{}, fmt.Errorf("the configuration of the runtime %s is not known", e.Runtime)
	}
	p, err := r.edit(e.Version, src)
	if err != nil {
		return source.Edit{}, editError(src, err)
	}
	if _, _, err := p.read(src); err != nil {
		return source.Edit{}, editError(src, err)
	}
	p.target.Note = e.note()
	result, set, err := change(p)
	if err != nil {
		return source.Edit{}, editError(src, err)
	}
	edit := source.Edit{Before: src, After: result.After, Why: result.Why}
	if result.Found && set {
		edit.Line, edit.Column = tomldoc.Position(result.After, result.Offset)
	} else if result.Found {
		edit.Line, edit.Column = tomldoc.Position(src, result.Offset)
	}
	return edit, nil
}

// note marks a table header that an edit added, for people and for Remove.
func (e Editor) note() string { return "# added by " + e.Owner }

func editError(src []byte, err error) error {
	var where *tomldoc.Error
	if !errors.As(err, &where) {
		return err
	}
	r := &source.EditError{Line: where.Line, Column: where.Column, Reason: where.Reason}
	if where.Edit {
		r.Hint = "write the setting by hand, or use a drop-in file"
	} else {
		r.Hint = syntaxHint(src, where)
	}
	return r
}

// Owns reports whether a file of this name is the editor's drop-in.
func (e Editor) Owns(name string) bool { return strings.HasSuffix(path.Base(name), "-"+e.stem()) }

func (e Editor) stem() string { return e.Owner + ".conf" }
