package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// The lab tells the truth: what each kubelet says of itself with the gate on,
// and after its runtime was restarted, is what the other cases hold plegctl
// against.
func TestLab(t *testing.T) {
	t.Parallel()
	for _, version := range moreKubelets() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			n := boot(t, node.Spec{Kubelet: version, Gate: node.On(), Pods: pods()})
			awaitEvents(t, n)
			must(t, n, "systemctl restart containerd")
			awaitFellBack(t, n)
			must(t, n, "systemctl restart kubelet")
			awaitEvents(t, n)
		})
	}
}

// pods are what most cases run: one that never changes, and one whose container
// ends every few seconds so that container events flow.
func pods() []node.Pod { return []node.Pod{node.Steady("steady"), node.Trickle(3)} }

// awaitEvents waits until the kubelet itself counts container events on one
// healthy stream.
func awaitEvents(t *testing.T, n *node.Node) {
	t.Helper()
	before := -1.0
	await(t, time.Minute, "container events reach the kubelet", func(ctx context.Context) error {
		m, err := n.Metrics(ctx)
		if err != nil {
			return err
		}
		if before < 0 {
			before = m[node.EventsReceived]
		}
		if m[node.GateEnabled] != 1 || m[node.StreamErrors] != 0 || m[node.EventsReceived] <= before {
			return fmt.Errorf("gate %v, stream errors %v, events %v after %v",
				m[node.GateEnabled], m[node.StreamErrors], m[node.EventsReceived], before)
		}
		return nil
	})
}

// awaitFellBack waits until the kubelet has spent its five tries.
func awaitFellBack(t *testing.T, n *node.Node) {
	t.Helper()
	await(t, time.Minute, "the kubelet falls back", func(ctx context.Context) error {
		m, err := n.Metrics(ctx)
		if err != nil {
			return err
		}
		if m[node.StreamErrors] != 5 {
			return fmt.Errorf("%v stream errors", m[node.StreamErrors])
		}
		return nil
	})
}

// must runs a line of shell that has to succeed.
func must(t *testing.T, n *node.Node, line string) string {
	t.Helper()
	out, err := n.Must(t.Context(), line)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
