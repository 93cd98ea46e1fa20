package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// traces is what a change could leave on a node: every file, directory and link
// that an administrator owns, with mode, owner and digest, and every unit that
// systemd knows from a file.
type traces map[string]string

func look(t *testing.T, n *node.Node) traces {
	t.Helper()
	text := must(t, n, `
		cd /
		for dir in etc usr/lib/systemd usr/local var/lib/kubelet run/systemd/system run/systemd/transient; do
			test -d $dir || continue
			find $dir -xdev \( -path var/lib/kubelet/pods -o -path 'var/lib/kubelet/*manager*' -o -path var/lib/kubelet/device-plugins \
				-o -path 'var/lib/kubelet/*_pods_state' -o -path 'var/lib/kubelet/pod-resources/*' -o -path 'var/lib/kubelet/pods-api/*' -o -path 'var/lib/kubelet/plugins*' -o -path var/lib/kubelet/checkpoints -o -path var/lib/kubelet/pki \
				-o -name 'session-*' -o -name 'user-*' -o -name '*.scope' \) -prune \
				-o \( -type d ! -path run/systemd/transient -printf 'dir %m %u:%g %p\n' \) \
				-o \( -type l -printf 'link %l %p\n' \) \
				-o \( -type f -printf 'file %m %u:%g %p#meta\n' -print0 \)
		done > /tmp/traces
		tr '\0' '\n' < /tmp/traces | grep -E '^(dir|link|file) '
		tr '\0' '\n' < /tmp/traces | grep -vE '^(dir|link|file) ' | tr '\n' '\0' | xargs -0r sha256sum`)
	seen := traces{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		seen[fields[len(fields)-1]] = strings.Join(fields[:len(fields)-1], " ")
	}
	return seen
}

// same holds that nothing was left, and nothing was lost.
func (before traces) same(t *testing.T, after traces) {
	t.Helper()
	var diff []string
	for path, was := range before {
		if is, ok := after[path]; !ok {
			diff = append(diff, "gone: "+path)
		} else if is != was {
			diff = append(diff, fmt.Sprintf("%s: was %s, is %s", path, was, is))
		}
	}
	for path := range after {
		if _, ok := before[path]; !ok {
			diff = append(diff, "left: "+path)
		}
	}
	if len(diff) > 0 {
		slices.Sort(diff)
		t.Fatalf("the node is not as it was:\n%s", strings.Join(diff, "\n"))
	}
}

// steadyContainer is what no change may restart: the sandbox and the container of pod
// steady, each with the start of its process.
func steadyContainer(t *testing.T, n *node.Node) string {
	t.Helper()
	running, err := n.Running(t.Context(), "steady")
	if err != nil {
		t.Fatal(err)
	}
	if len(running) != 2 {
		t.Fatalf("pod steady runs not one sandbox and one container: %v", running)
	}
	slices.Sort(running)
	return strings.Join(running, "\n")
}
