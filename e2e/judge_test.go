package e2e

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/e2e/lab/host"
	"github.com/plegctl/plegctl/e2e/lab/node"
)

// envJudge says how many random configurations, fields and command lines each kubelet
// judges; nightly 1000.
const envJudge = "PLEGCTL_E2E_JUDGE"

// TestJudge holds what kubeletcfg says of random, mostly faulty configurations and command
// lines against real kubelets: whether they start, and what values they have then.
func TestJudge(t *testing.T) {
	p, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range kubelets() {
		t.Run(version, func(t *testing.T) {
			dir, err := p.Kubelet(t.Context(), version)
			if err != nil {
				t.Fatal(err)
			}
			out, err := host.Run(t.Context(), host.Command{
				Dir: "..", Name: "go",
				Args: []string{"test", "-count=1", "-timeout=50m", "-v", "-run=^TestAgainstRealKubelet$", "./kubeletcfg"},
				Env: []string{
					"GOWORK=off", "PLEGCTL_KUBELET=" + filepath.Join(dir, "usr", "bin", "kubelet"),
					"PLEGCTL_KUBELET_RUNS=" + cmp.Or(os.Getenv(envJudge), "100"),
				},
			})
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for line := range strings.Lines(string(out)) {
				if strings.Contains(line, "seed") || strings.Contains(line, "start") {
					t.Log(strings.TrimSpace(line))
				}
			}
		})
	}
}

// TestJudgeContainerd asks the real containerd about a value of each type for each key of
// the tables, and compares.
func TestJudgeContainerd(t *testing.T) {
	p, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := p.Containerd(t.Context(), node.DefaultContainerd)
	if err != nil {
		t.Fatal(err)
	}
	out, err := host.Run(t.Context(), host.Command{
		Dir: "..", Name: "go",
		Args: []string{"test", "-count=1", "-timeout=20m", "-v", "-run=^(TestWrongTypesAgainstRealPrograms|TestReadDumpOfARealProgram)$", "./runtimecfg"},
		Env:  []string{"GOWORK=off", "PLEGCTL_TEST_CONTAINERD=" + filepath.Join(dir, "usr", "bin", "containerd")},
	})
	for _, asked := range []string{"TestWrongTypesAgainstRealPrograms/containerd", "TestReadDumpOfARealProgram"} {
		if err != nil || !strings.Contains(string(out), "--- PASS: "+asked) {
			t.Fatalf("%s: %v\n%s", asked, err, out)
		}
	}
}
