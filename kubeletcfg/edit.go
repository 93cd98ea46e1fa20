package kubeletcfg

import (
	"bytes"
	"fmt"

	"github.com/plegctl/plegctl/verify/source"
)

// Editor changes one feature gate in a kubelet's files. Its fields are texts that name the
// tool in whose name the files change.
type Editor struct {
	// Tool is part of the names of kubelet config drop-ins (90-TOOL.conf), and of the
	// comments that mark what has to be restored.
	Tool string
	// Header is the comment at the top of a drop-in, without "# ".
	Header string
}

// SetGate turns a feature gate on or off in a --config file or a drop-in (kind), YAML or
// JSON. The result is parsed again with the kubelet's parser and must mean exactly the old
// text plus this one change; else a [source.EditError] says why it was not edited.
// [Editor.RemoveGate] restores the old bytes.
func (ed Editor) SetGate(f source.File, kind source.Kind, gate string, on bool) (source.Edit, error) {
	return ed.edit(f, kind, gate, func(e gateEdit) (source.Edit, error) { return e.set(on) })
}

// RemoveGate removes a feature gate from a --config file or a drop-in.
func (ed Editor) RemoveGate(f source.File, kind source.Kind, gate string) (source.Edit, error) {
	return ed.edit(f, kind, gate, gateEdit.remove)
}

func (ed Editor) edit(f source.File, kind source.Kind, gate string, do func(gateEdit) (source.Edit, error)) (source.Edit, error) {
	if !isGateName(gate) {
		return source.Edit{}, fmt.Errorf("%q is not the name of a feature gate", gate)
	}
	d, bad := readDocument(f.Data)
	e := gateEdit{document: d, path: f.Path, gate: gate, dropIn: kind == source.DropIn, tool: ed.Tool}
	if bad == nil {
		bad = d.checkKind()
	}
	switch {
	case bad != nil:
		return source.Edit{}, e.refuse(bad.off, "%s", bad.reason)
	case d.root == nil:
		return source.Edit{}, e.refuse(d.start, "the positions of the keys in this text are not known")
	}
	return do(e)
}

// isGateName reports whether a name can be written as a plain key.
func isGateName(gate string) bool {
	for i, r := range gate {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return gate != ""
}

func (e gateEdit) refuse(off int, format string, args ...any) error {
	line, column := e.Position(off)
	return &source.EditError{
		Path: e.path, Line: line, Column: column, Reason: fmt.Sprintf(format, args...),
		Hint: "set the gate in a kubelet config drop-in (--config-dir) instead, or edit this file by hand",
	}
}

// unchanged is the edit that has nothing to do.
func (e gateEdit) unchanged(off int, why string) source.Edit {
	edit := source.Edit{Before: e.Src, After: e.Src, Why: why}
	if off >= 0 {
		edit.Line, edit.Column = e.Position(off)
	}
	return edit
}

// splice replaces src[from:to] by text.
type splice struct {
	from, to int
	text     string
}

// apply returns src with the splices, which are in order and do not overlap.
func apply(src []byte, splices []splice) []byte {
	var out bytes.Buffer
	at := 0
	for _, s := range splices {
		out.Write(src[at:s.from])
		out.WriteString(s.text)
		at = s.to
	}
	out.Write(src[at:])
	return out.Bytes()
}
