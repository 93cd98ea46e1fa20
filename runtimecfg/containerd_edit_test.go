package runtimecfg

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/plegctl/plegctl/verify/source"
)

func TestSetContainerdPodEvents(t *testing.T) {
	eachCase(t, "containerd-set", func(t *testing.T, dir string, in []byte) {
		version := caseVersion(t, dir)
		edit, err := SetContainerdPodEvents(in, version, true)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, dir, edit.After)
		after := EffectiveContainerd(ContainerdInputs{Version: version, KnowsPodEvents: true, Root: &source.File{Path: ContainerdConfig, Data: edit.After}})
		if !after.PodEvents.Known || !after.PodEvents.Value || after.PodEvents.At.Line != edit.Line {
			t.Errorf("edited line %d; a build that knows the key reads %+v", edit.Line, after.PodEvents)
		}
		if before, _ := RemoveContainerdPodEvents(in, version); before.Changed() {
			return
		}
		back, err := RemoveContainerdPodEvents(edit.After, version)
		if err != nil || !bytes.Equal(back.After, in) {
			t.Errorf("set and remove is not the old text (%v):\n%s", err, back.After)
		}
	})
}

func TestContainerdRefusals(t *testing.T) {
	eachCase(t, "containerd-refused", func(t *testing.T, dir string, in []byte) {
		_, err := SetContainerdPodEvents(in, caseVersion(t, dir), true)
		var r *source.EditError
		if !errors.As(err, &r) {
			t.Fatalf("not refused: %v", err)
		}
		golden(t, dir, fmt.Appendf(nil, "config.toml:%v\nhint: %s\n", err, r.Hint))
	})
}
