package e2e

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// Coupling: whatever ends the runtime, the feature is back by itself once the
// runtime is.
func TestCouple(t *testing.T) {
	t.Parallel()
	for _, version := range kubelets() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			n := boot(t, node.Spec{Kubelet: version, Pods: pods()})
			before, container := look(t, n), steadyContainer(t, n)
			state, code := working(n)
			plegctl(t, n, 0, "enable --couple"+accept(n)).want(t, state).wantChanged(t, true)
			for _, end := range []string{
				"systemctl restart containerd",
				"systemctl kill -s KILL --kill-who=main containerd",
				"systemctl stop containerd; sleep 2; systemctl start containerd",
			} {
				run := invocation(t, n)
				must(t, n, end)
				awaitRestarted(t, n, run)
				awaitEvents(t, n)
				plegctl(t, n, code, "verify --level connected").want(t, state)
			}
			plegctl(t, n, 0, "rollback").want(t, "off")
			before.same(t, look(t, n))
			if now := steadyContainer(t, n); now != container {
				t.Fatalf("pod steady was restarted: %s, was %s", now, container)
			}
			run := invocation(t, n)
			must(t, n, "systemctl restart containerd")
			settle(t, 3*time.Second)
			if invocation(t, n) != run {
				t.Fatal("the kubelet was restarted although the coupling was reverted")
			}
		})
	}
}

func invocation(t *testing.T, n *node.Node) string {
	t.Helper()
	return must(t, n, "systemctl show -P InvocationID kubelet.service")
}

// awaitRestarted waits for another run of the kubelet than the given one.
func awaitRestarted(t *testing.T, n *node.Node, run string) {
	t.Helper()
	await(t, time.Minute, "the kubelet is restarted with its runtime", func(ctx context.Context) error {
		now, err := n.Must(ctx, "systemctl show -P InvocationID kubelet.service")
		if err == nil && now == run {
			err = errors.New("still the run " + run)
		}
		if err == nil {
			err = n.Healthy(ctx)
		}
		return err
	})
}
