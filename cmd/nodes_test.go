package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/plegctl/plegctl/cmd/internal/demo"
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
// and none but an enable that exits 0 changes the tree; the lock of enable is not the tree's.
func TestOneDecision(t *testing.T) {
	scripts, err := filepath.Glob("testdata/nodes/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no nodes: %v", err)
	}
	codes := map[int]int{}
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
			files := func() demo.Files {
				found, err := demo.ReadFiles(root, "/var/lib/plegctl")
				if err != nil {
					t.Fatal(err)
				}
				return found
			}
			before := files()
			preflight, plan, dry := run("preflight"), run("plan"), run("enable", "--dry-run")
			if preflight != plan || plan != dry {
				t.Errorf("%s %v: preflight %d, plan %d, enable --dry-run %d", script, more, preflight, plan, dry)
			}
			if changed := demo.Changed(before, files()); len(changed) > 0 {
				t.Errorf("%s %v: looking changed %v", script, more, changed)
			}
			enable := run("enable")
			if enable != plan {
				t.Errorf("%s %v: plan %d, enable %d", script, more, plan, enable)
			}
			if changed := demo.Changed(before, files()); enable != ExitOK && len(changed) > 0 {
				t.Errorf("%s %v: exit %d changed %v", script, more, enable, changed)
			}
			codes[enable]++
		}
	}
	if codes[ExitOK] < 50 || codes[ExitFailed] < 50 || codes[ExitInconclusive] < 50 {
		t.Errorf("the trees do not tell much: exit codes %v", codes)
	}
}
