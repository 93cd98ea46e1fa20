package runtimecfg

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

func crioEditor() Editor { return Editor{Runtime: known.CRIO, Owner: "plegctl"} }

func TestSet(t *testing.T) {
	eachCase(t, "crio-set", func(t *testing.T, dir string, in []byte) {
		edit, err := crioEditor().Set(in, true)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, dir, edit.After)
		if on, err := crioReads(edit.After); err != nil || !on {
			t.Errorf("CRI-O reads %t, %v", on, err)
		}
		line := strings.Split(string(edit.After), "\n")[edit.Line-1]
		if !strings.Contains(strings.ToLower(line), "events") {
			t.Errorf("line %d is %q", edit.Line, line)
		}
		if edit.Changed() == bytes.Equal(in, edit.After) || edit.Why == "" {
			t.Errorf("Changed is %t, Why %q", edit.Changed(), edit.Why)
		}
		mustUndo(t, in, edit)
	})
}

// mustUndo: an added key is removed without a trace, a changed one is set back.
func mustUndo(t *testing.T, in []byte, edit source.Edit) {
	t.Helper()
	again, err := crioEditor().Set(edit.After, true)
	if err != nil || again.Changed() {
		t.Errorf("the second set: changed %t, %v", again.Changed(), err)
	}
	before, err := crioEditor().Remove(in)
	if err != nil {
		t.Fatalf("remove from the old text: %v", err)
	}
	if !before.Changed() {
		removed, err := crioEditor().Remove(edit.After)
		if err != nil || !bytes.Equal(removed.After, in) {
			t.Errorf("set and remove is not the old text (%v):\n%q\n%q", err, in, removed.After)
		}
		if removed.Line != edit.Line || removed.Column != edit.Column {
			t.Errorf("set at %d:%d, removed at %d:%d", edit.Line, edit.Column, removed.Line, removed.Column)
		}
	}
	off, err := crioEditor().Set(edit.After, false)
	if err != nil {
		t.Fatal(err)
	}
	on, err := crioEditor().Set(off.After, true)
	if err != nil || !bytes.Equal(on.After, edit.After) {
		t.Errorf("off and on again is another text: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	eachCase(t, "crio-refused", func(t *testing.T, dir string, in []byte) {
		kept := bytes.Clone(in)
		_, err := crioEditor().Set(in, true)
		var r *source.EditError
		if !errors.As(err, &r) {
			t.Fatalf("not refused: %v", err)
		}
		if edit, err := crioEditor().Remove(in); err == nil && edit.Changed() {
			t.Error("the removal was not refused")
		}
		golden(t, dir, fmt.Appendf(nil, "crio.conf:%v\nhint: %s\n", err, r.Hint))
		if !bytes.Equal(in, kept) {
			t.Error("the input was changed")
		}
	})
}
