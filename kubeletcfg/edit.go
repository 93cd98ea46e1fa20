package kubeletcfg

import (
	"bytes"
	"fmt"
)

// Edit is a change to one file's text. Only the bytes that had to change differ.
type Edit struct {
	Before, After []byte
	// Changed is false where the text already was as wanted; After equals Before then.
	Changed bool
	// Line and Column (from 1) are where the text first changes, or where it already
	// says what is wanted. 0 where there is no such place.
	Line, Column int
	// Why says in a few words what was done, or why nothing had to be.
	Why string
}

// RefusedError tells why a text was not edited. Nothing was changed.
type RefusedError struct {
	// Line and Column (from 1) are the place that speaks against it.
	Line, Column int
	Reason       string
	// Hint is what to do instead, for a line of its own.
	Hint string
}

// Error is "line:column: reason", to be put after a path and a colon.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Reason)
}

// File is who reads a file, which decides what its text means.
type File int

const (
	// ConfigFile is the kubelet's --config file. The kubelet reads its first document
	// only, and takes a doubled key (the last one wins).
	ConfigFile File = iota
	// ConfigDropIn is a file in --config-dir. Doubled keys are fatal there, and
	// "featureGates: null" wipes what earlier files set.
	ConfigDropIn
	// KubeadmFile is a file for "kubeadm init --config": several documents, one of
	// which is a KubeletConfiguration. No kubelet reads it.
	KubeadmFile
)

// SetGate turns a feature gate on or off in the text of a kubelet's --config file, YAML
// or JSON. The result is parsed again with the kubelet's parser and must mean exactly the
// old text plus this one change; otherwise a [RefusedError] says what stands against it.
// [RemoveGate] gives the old bytes back.
func SetGate(src []byte, gate string, on bool) (Edit, error) {
	return ConfigFile.SetGate(src, gate, on)
}

// RemoveGate takes a feature gate out of the text of a kubelet's --config file.
func RemoveGate(src []byte, gate string) (Edit, error) {
	return ConfigFile.RemoveGate(src, gate)
}

// SetGate is [SetGate] for a file of this sort.
func (f File) SetGate(src []byte, gate string, on bool) (Edit, error) {
	return f.edit(src, gate, func(e editor) (Edit, error) { return e.set(on) })
}

// RemoveGate is [RemoveGate] for a file of this sort.
func (f File) RemoveGate(src []byte, gate string) (Edit, error) {
	return f.edit(src, gate, editor.remove)
}

func (f File) edit(src []byte, gate string, do func(editor) (Edit, error)) (Edit, error) {
	if !gateName(gate) {
		return Edit{}, fmt.Errorf("%q is no name of a feature gate", gate)
	}
	if f == KubeadmFile {
		return editKubeadm(src, gate, do)
	}
	d, bad := readDocument(src)
	if bad != nil {
		return Edit{}, d.refuseBad(bad)
	}
	if bad := d.checkKind(); bad != nil {
		return Edit{}, d.refuseBad(bad)
	}
	if d.root == nil {
		return Edit{}, d.refuse(d.contentStart(), "the places of the keys cannot be told in this text")
	}
	return do(editor{document: d, gate: gate, file: f})
}

// gateName tells that a name can be written as a plain key.
func gateName(gate string) bool {
	for i, r := range gate {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return gate != ""
}

func (d document) refuse(off int, format string, args ...any) error {
	line, column := d.position(off)
	return &RefusedError{
		Line: line, Column: column, Reason: fmt.Sprintf(format, args...),
		Hint: "leave this file as it is and set the gate in a kubelet config drop-in (--config-dir), or edit it by hand",
	}
}

func (d document) refuseBad(bad *badText) error { return d.refuse(bad.off, "%s", bad.reason) }

// unchanged is the edit that has nothing to do.
func (e editor) unchanged(off int, why string) Edit {
	edit := Edit{Before: e.src, After: e.src, Why: why}
	if off >= 0 {
		edit.Line, edit.Column = e.position(off)
	}
	return edit
}

// splice replaces src[from:to] by text.
type splice struct {
	from, to int
	text     string
}

// apply makes the text with the splices, which are in order and apart.
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
