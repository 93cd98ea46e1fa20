package runtimecfg_test

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// TestNodes reads CRI-O as distributions and people set it up, from the unit to the setting;
// the first line of each node says what is true there.
func TestNodes(t *testing.T) {
	names, err := filepath.Glob("testdata/nodes/*.txtar")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d nodes: %v", len(names), err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{}
		for _, f := range archive.Files {
			fsys[source.InFS(f.Name)] = &fstest.MapFile{Data: f.Data}
		}
		in := runtimecfg.Inputs{Version: known.V(1, 34, 1), Command: start.Resolve(fsys, start.Request{Programs: []string{"crio"}, Image: true})}
		events := runtimecfg.Effective(known.CRIO, runtimecfg.ReadFS(fsys, known.CRIO, in)).PodEvents
		got := "not known"
		if events.Known {
			got = map[bool]string{true: "true", false: "false"}[events.Value]
		}
		if want := strings.TrimSpace(strings.TrimPrefix(string(archive.Comment), "enable_pod_events is ")); got != want {
			t.Errorf("%s: the setting is %s (%s), want %s", name, got, events.Reason, want)
		}
	}
}
