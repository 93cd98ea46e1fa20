package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSystemd runs the tests that play with a real systemd on a node that has nothing
// else, as root and as an ordinary user.
func TestSystemd(t *testing.T) {
	t.Parallel()
	const program = "/opt/systemd.test"
	n := bootSystemd(t, nil, map[string]string{program: builtTest(t, "./cmd/internal/systemd")})
	for name, line := range map[string]string{
		"root": program + " -test.skip=TestRealOrdinaryUser -test.run=TestReal",
		"user": "setpriv --reuid=65534 --regid=65534 --clear-groups " + program + " -test.run=TestRealOrdinaryUser",
	} {
		t.Run(name, func(t *testing.T) {
			out := n.Run(t.Context(), "cd /tmp && PLEGCTL_TEST_SYSTEMD=1 "+line+" -test.v -test.timeout=4m")
			if out.Code != 0 || strings.Contains(out.Stdout, "--- SKIP") || !strings.Contains(out.Stdout, "--- PASS") {
				t.Error(out)
			}
			t.Logf("%d tests pass in %s", strings.Count(out.Stdout, "--- PASS"), out.Took)
		})
	}
}

// builtTest builds the tests of a package of plegctl for the node.
func builtTest(t *testing.T, pkg string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "test", "-c", "-tags=grpcnotrace", "-o", path, pkg)
	build.Dir = ".."
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, out)
	}
	return path
}
