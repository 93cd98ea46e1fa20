package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// startCase is a generated unit and what verify/start says of it; see matrix_test.go there.
type startCase struct {
	Unit      string
	Files     map[string]string
	Args      []string
	Directory string
	Env       map[string]string
	Refused   bool
	Unreal    bool
}

// TestStart holds what verify/start says of generated units against a real systemd: the
// arguments, environment and directory of the process that it started, and what it refuses.
func TestStart(t *testing.T) {
	cases := startCases(t)
	files := map[string]string{}
	for _, c := range cases {
		maps.Copy(files, c.Files)
	}
	n := bootSystemd(t, files, map[string]string{"/usr/bin/kubelet": built(t, ".", "./lab/recorder")})
	var units []string
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		units = append(units, cases[name].Unit)
	}
	// All in one go: those that are refused make the command fail.
	begin := time.Now()
	_ = n.Run(t.Context(), "systemctl start --no-block "+strings.Join(quoted(units), " "))
	for _, unit := range units {
		if c := cases[strings.TrimSuffix(unit, ".service")]; c.Refused {
			_ = n.Run(t.Context(), "systemctl start "+quoted([]string{unit})[0])
		}
	}
	await(t, 2*time.Minute, "all units were started", func(ctx context.Context) error {
		out := n.Run(ctx, "systemctl list-jobs --no-legend | wc -l; systemctl list-units --state=activating,active --no-legend --plain '*-*.service' | grep -c kubelet || true")
		if jobs, _, _ := strings.Cut(out.Stdout, "\n"); jobs != "0" {
			return fmt.Errorf("%s jobs are left", jobs)
		}
		return nil
	})
	t.Logf("%d units started in %s", len(units), time.Since(begin).Round(time.Millisecond))
	shown := showUnits(t, n, units)
	recorded := recordings(t, n)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := recorded[c.Unit]
			for _, name := range strings.Fields(shown[c.Unit]["Names"]) { // an alias runs under its other name
				if len(got.Args) == 0 {
					got = recorded[name]
				}
			}
			checkStart(t, c, got, shown[c.Unit])
		})
	}
}

func startCases(t *testing.T) map[string]startCase {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "verify", "start", "testdata", "matrix.json"))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]startCase{}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(cases, func(_ string, c startCase) bool { return c.Unreal })
	if len(cases) < 300 {
		t.Fatalf("only %d units", len(cases))
	}
	return cases
}

// bootSystemd boots a node without a kubelet that has these files and programs.
func bootSystemd(t *testing.T, files, programs map[string]string) *node.Node {
	t.Helper()
	b, err := base()
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Boot(t.Context(), b.Parts, node.Spec{Name: nodeName(t), Systemd: true, Files: files, Programs: programs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Stop)
	return n
}

// built builds a program of this machine's source tree for the node.
func built(t *testing.T, dir, pkg string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "build", "-o", path, pkg)
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, out)
	}
	return path
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = "'" + word + "'"
	}
	return out
}

// showUnits reads how systemd loaded and started each unit.
func showUnits(t *testing.T, n *node.Node, units []string) map[string]map[string]string {
	t.Helper()
	shown := map[string]map[string]string{}
	for batch := range slices.Chunk(units, 100) {
		text := must(t, n, "systemctl show -p Names,LoadState,Result,Environment,WorkingDirectory "+strings.Join(quoted(batch), " "))
		for i, block := range strings.Split(text, "\n\n") {
			values := map[string]string{}
			for line := range strings.Lines(block) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
				values[key] = value
			}
			shown[batch[i]] = values
		}
	}
	return shown
}

// recording is what the program in the kubelet's place saw.
type recording struct {
	Args, Env []string
	Directory string
}

func recordings(t *testing.T, n *node.Node) map[string]recording {
	t.Helper()
	all := map[string]recording{}
	for line := range strings.Lines(must(t, n, `cd /run/start && for f in *.json; do printf '%s\t' "${f%.json}"; cat "$f"; echo; done`)) {
		unit, text, _ := strings.Cut(line, "\t")
		var r recording
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatalf("%s: %v in %q", unit, err, text)
		}
		all[unit] = r
	}
	return all
}

func checkStart(t *testing.T, c startCase, got recording, shown map[string]string) {
	t.Helper()
	started := len(got.Args) > 0
	if started == c.Refused {
		t.Fatalf("started: %v, want refused: %v\nsystemd: %v\nfiles: %v", started, c.Refused, shown, c.Files)
	}
	if c.Refused {
		if shown["LoadState"] == "loaded" && shown["Result"] == "success" {
			t.Errorf("systemd does not refuse it: %v", shown)
		}
		return
	}
	if want := append([]string{}, c.Args...); !slices.Equal(got.Args[1:], want) {
		t.Errorf("systemd passed %q\nwe say         %q\nfiles: %v", got.Args[1:], want, c.Files)
	}
	if c.Directory != "" && got.Directory != c.Directory {
		t.Errorf("directory %s, we say %s", got.Directory, c.Directory)
	}
	for name, want := range c.Env {
		if !slices.Contains(got.Env, name+"="+want) {
			t.Errorf("we say %s=%s, the process has %q", name, want, got.Env)
		}
	}
}
