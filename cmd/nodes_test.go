package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
)

// testdata/nodes holds small copies of nodes on which an earlier version took an assumption
// for evidence. Each script says what is true, what comes out, and what must not.
func TestNodes(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/nodes",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Values[sessionKey{}] = newSession(env)
			return nil
		},
		Cmds: scriptCommands(),
	})
}

// Preflight, plan and enable are one decision: on every tree they end with the same code,
// and a refused enable leaves the tree alone.
func TestOneDecision(t *testing.T) {
	scripts, err := filepath.Glob("testdata/nodes/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no nodes: %v", err)
	}
	for _, script := range scripts {
		for _, more := range [][]string{nil, {"--kubelet-version", "1.36.3", "--runtime-version", "2.1.4"}, {"--runtime", "cri-o"}, {"--accept-risk", "unknown-versions"}} {
			root := t.TempDir()
			archive, err := txtar.ParseFile(script)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range archive.Files {
				rel, err := filepath.Rel("node", f.Name)
				if err != nil {
					t.Fatal(err)
				}
				name := filepath.Join(root, rel)
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			run := func(args ...string) int {
				var out, errs bytes.Buffer
				args = append(append(args, "--root", root), more...)
				return Main(t.Context(), args, testDeps(nil, &out, &errs, func(string) string { return "" }))
			}
			preflight, plan, dry := run("preflight"), run("plan"), run("enable", "--dry-run")
			if preflight != plan || plan != dry {
				t.Errorf("%s %v: preflight %d, plan %d, enable --dry-run %d", script, more, preflight, plan, dry)
			}
			if enable := run("enable"); enable != plan {
				t.Errorf("%s %v: plan %d, enable %d", script, more, plan, enable)
			}
		}
	}
}
