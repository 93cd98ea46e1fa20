package kubeletcfg

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// TestNodes reads nodes as distributions and people set them up, from the unit to the gate;
// the first line of each says what is true there.
func TestNodes(t *testing.T) {
	names, err := filepath.Glob("testdata/nodes/*.txtar")
	if err != nil || len(names) < 30 {
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
		cmd := start.Resolve(fsys, start.Request{Programs: []string{"kubelet"}, Image: true})
		gate := ReadFS(fsys, known.V(1, 36, 3), cmd).Gate(known.Gate)
		if cmd.Limit != nil && len(cmd.Args) == 0 {
			gate = source.Unknown[bool](cmd.Limit.Reason, "")
		}
		got := "not known"
		if gate.Known {
			got = map[bool]string{true: "true", false: "false"}[gate.Value]
		}
		if want := strings.TrimSpace(strings.TrimPrefix(string(archive.Comment), "EventedPLEG is ")); got != want {
			t.Errorf("%s: the gate is %s (%s), want %s; problems %+v", name, got, gate.Reason, want, cmd.Problems)
		}
	}
}
