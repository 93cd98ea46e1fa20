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

// TestKeyInEveryConfigVersion sets the key in files of each config version that a release
// reads, in the root file or in an import, and removes it again.
func TestKeyInEveryConfigVersion(t *testing.T) {
	releases := map[string]int{"1.6.36": 2, "1.7.35": 2, "2.0.14": 3, "2.2.9": 3, "2.3.7": 4, "2.4.2": 4}
	for text, newest := range releases {
		v, err := known.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		editor := Editor{Runtime: known.Containerd, Version: v, Owner: "plegctl"}
		for version := 1; version <= newest; version++ {
			head := fmt.Sprintf("version = %d # keep\n", version)
			root := source.File{Path: "/etc/containerd/config.toml", Data: []byte(head + "imports = [\"conf.d/*.toml\"]\nroot = '/data'\n")}
			imported := source.File{Path: "/etc/containerd/conf.d/90.toml", Data: []byte(head)}
			for _, target := range []int{0, 1} {
				files := []source.File{root, imported}
				edit, err := editor.Set(files[target].Data, true)
				if err != nil {
					t.Fatalf("containerd %s, version %d: %v", text, version, err)
				}
				files[target].Data = edit.After
				r := Effective(known.Containerd, Inputs{Version: v, KnowsPodEvents: true, Files: files})
				if !source.Is(r.PodEvents, true) || r.PodEvents.At.Path != files[target].Path || r.PodEvents.At.Line != edit.Line {
					t.Errorf("containerd %s, version %d: %+v\n%s", text, version, r, edit.After)
				}
				if back, err := editor.Remove(edit.After); err != nil || !bytes.Equal(back.After, edit.Before) {
					t.Errorf("containerd %s, version %d: not restored (%v)\n%s", text, version, err, back.After)
				}
			}
		}
	}
}

// TestKeyInTwoTables: containerd 2 moves a value to the newer table only where that does not
// have it (v2.4.2 plugins/cri/runtime/plugin.go migrateConfig).
func TestKeyInTwoTables(t *testing.T) {
	const text = "version = %d\n[plugins.'io.containerd.cri.v1.runtime']\nenable_pod_events = false\n[plugins.'io.containerd.grpc.v1.cri']\nenable_pod_events = true\n"
	v := known.V(2, 4, 2)
	for version := 1; version <= 4; version++ {
		src := fmt.Appendf(nil, text, version)
		effective := func(src []byte) source.Setting[bool] {
			return Effective(known.Containerd, Inputs{Version: v, KnowsPodEvents: true, Files: configFile(known.Containerd, src)}).PodEvents
		}
		older := 1
		if version == 4 { // nothing is moved out of a file of the newest version
			older = 0
		}
		if e := effective(src); !source.Is(e, false) || e.At.Line != 3 || len(e.Overridden) != older || older == 1 && e.Overridden[0].At.Line != 5 {
			t.Errorf("version %d: %+v", version, e)
		}
		edit, err := Editor{Runtime: known.Containerd, Version: v, Owner: "plegctl"}.Set(src, true)
		if err != nil || edit.Line != 3 || !source.Is(effective(edit.After), true) {
			t.Errorf("version %d: %v\n%s", version, err, edit.After)
		}
	}
}

func TestReadDump(t *testing.T) {
	for dump, want := range map[string]Inputs{
		// containerd 2 prints the tables of plugins that it does not have, or that are off, as they are written.
		"version = 4\n[plugins.cri]\nenable_pod_events = true\n[plugins.'io.containerd.cri.v1.runtime']\nenable_selinux = false\n":               {},
		"version = 3\ndisabled_plugins = ['io.containerd.cri.v1.runtime']\n[plugins.'io.containerd.cri.v1.runtime']\nenable_pod_events = true\n": {},
		"version = 3\n[plugins]\n  [plugins.'io.containerd.cri.v1.runtime']\n    enable_selinux = false\n":                                       {},
		"version = 3\n[plugins.'io.containerd.cri.v1.runtime']\nenable_pod_events = false\n":                                                     {KnowsPodEvents: true},
		"version = 2\n[plugins.\"io.containerd.grpc.v1.cri\"]\nenable_pod_events = true\n":                                                       {KnowsPodEvents: true, Dumped: true},
		"enable_pod_events = true\n[plugins.'io.containerd.cri.v1.runtime'.containerd]\nenable_pod_events = true\n[cri]\nenable_pod_events=1":    {},
	} {
		var in Inputs
		if err := in.ReadDump(known.Containerd, []byte(dump)); err != nil || in.KnowsPodEvents != want.KnowsPodEvents || in.Dumped != want.Dumped {
			t.Errorf("%q: %+v, %v", dump, in, err)
		}
	}
	if err := new(Inputs).ReadDump(known.Containerd, []byte("containerd: not found")); err == nil {
		t.Error("an error message is a dump")
	}
}
