package e2e

import (
	"strings"
	"testing"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// TestContainerd: what the versions of containerd do with their events, and what plegctl
// refuses therefore.
func TestContainerd(t *testing.T) {
	long(t)
	t.Parallel()
	for version, check := range map[string]func(*testing.T, *node.Node){
		"1.7.35": checkSharedQueue,
		"2.0.2":  checkPodsWithoutContainers,
		"2.1.9":  checkBroadcast,
		"2.4.2":  checkBroadcast,
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			check(t, boot(t, node.Spec{Kubelet: "1.37.2", Containerd: version, Pods: []node.Pod{node.Steady("steady"), node.Trickle(1)}}))
		})
	}
}

// Up to 1.7 all readers share one queue: a probe takes events from the kubelet, and is refused.
func checkSharedQueue(t *testing.T, n *node.Node) {
	before, container := look(t, n), steadyContainer(t, n)
	plegctl(t, n, 0, "enable").want(t, "works")
	awaitEvents(t, n)
	out := n.Run(t.Context(), "plegctl probe --duration 5s")
	if out.Code != 3 || !strings.Contains(out.Stderr, "probe-theft") {
		t.Errorf("a probe is not refused:\n%v", out)
	}
	alone, beside, probed := events(t, n)
	t.Logf("in 20 s the kubelet got %d events, beside a probe %d, and the probe %d", alone, beside, probed)
	if probed == 0 || beside*5 > alone*4 {
		t.Error("the probe took no events from the kubelet: the table of runtimes is wrong")
	}
	plegctl(t, n, 0, "rollback").want(t, "off")
	unharmed(t, n, before, container)
}

// 2.0.2 shows a kubelet with the gate on pods without containers.
func checkPodsWithoutContainers(t *testing.T, n *node.Node) {
	before, container := look(t, n), steadyContainer(t, n)
	for _, args := range []string{"preflight", "enable"} {
		out := n.Run(t.Context(), "plegctl "+args)
		if out.Code != 3 || !strings.Contains(out.Stdout+out.Stderr, "PLEG-KNOWN-EMPTY-STATUS") {
			t.Errorf("%s is not refused:\n%v", args, out)
		}
	}
	unharmed(t, n, before, container)
}

// From 2.0.3 on each reader gets every event, and the first one those that nobody has read.
func checkBroadcast(t *testing.T, n *node.Node) {
	before, container := look(t, n), steadyContainer(t, n)
	if out := n.Run(t.Context(), "plegctl enable"); out.Code != 0 || !strings.Contains(out.Stderr, "container events that the runtime had kept") {
		t.Errorf("the backlog was not drained:\n%v", out)
	}
	awaitEvents(t, n)
	alone, beside, probed := events(t, n)
	t.Logf("in 20 s the kubelet got %d events, beside a probe %d, and the probe %d", alone, beside, probed)
	if probed*5 < beside*4 || beside*5 < alone*4 {
		t.Error("the probe and the kubelet do not get the same events: the table of runtimes is wrong")
	}
	plegctl(t, n, 0, "rollback").want(t, "off")
	unharmed(t, n, before, container)
}

// events counts what the kubelet gets in 20 s, what it gets beside a probe, and what the
// probe gets.
func events(t *testing.T, n *node.Node) (alone, beside, probed int) {
	t.Helper()
	counted := func(line string) (got int, out string) {
		before, err := n.Metrics(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		out = must(t, n, line)
		after, err := n.Metrics(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return int(after[node.EventsReceived] - before[node.EventsReceived]), out
	}
	alone, _ = counted("sleep 20")
	beside, lines := counted("plegctl -o json probe --accept-risk probe-theft --duration 20s || test $? = 3")
	return alone, beside, strings.Count(lines, `"kind":"ContainerEvent"`)
}
