package runtimecfg

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// configFile is a runtime's configuration file.
func configFile(runtime known.RuntimeName, data []byte) []source.File {
	return []source.File{{Path: infoOf(runtime).Config, Data: data}}
}

func TestSetContainerdPodEvents(t *testing.T) {
	eachCase(t, "containerd-set", func(t *testing.T, dir string, in []byte) {
		version := caseVersion(t, dir)
		editor := Editor{Runtime: known.Containerd, Version: version, Owner: "plegctl"}
		edit, err := editor.Set(in, true)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, dir, edit.After)
		after := Effective(known.Containerd, Inputs{Version: version, KnowsPodEvents: true, Files: configFile(known.Containerd, edit.After)})
		if !after.PodEvents.Known || !after.PodEvents.Value || after.PodEvents.At.Line != edit.Line {
			t.Errorf("edited line %d; a build that knows the key reads %+v", edit.Line, after.PodEvents)
		}
		if before, _ := editor.Remove(in); before.Changed() {
			return
		}
		back, err := editor.Remove(edit.After)
		if err != nil || !bytes.Equal(back.After, in) {
			t.Errorf("set and remove is not the old text (%v):\n%s", err, back.After)
		}
	})
}

func TestContainerdRefusals(t *testing.T) {
	eachCase(t, "containerd-refused", func(t *testing.T, dir string, in []byte) {
		_, err := Editor{Runtime: known.Containerd, Version: caseVersion(t, dir), Owner: "plegctl"}.Set(in, true)
		var r *source.EditError
		if !errors.As(err, &r) {
			t.Fatalf("not refused: %v", err)
		}
		golden(t, dir, fmt.Appendf(nil, "config.toml:%v\nhint: %s\n", err, r.Hint))
	})
}
