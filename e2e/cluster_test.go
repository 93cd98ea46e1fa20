package e2e

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/cluster"
	"github.com/plegctl/plegctl/e2e/lab/node"
)

// clusterVersion is that of the control plane and of its nodes' kubelets.
const clusterVersion = "1.37.2"

// controlPlane is made by the first case that needs a cluster.
var controlPlane = sync.OnceValues(func() ([]string, error) {
	b, err := base()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	return b.ControlPlane(ctx, os.Stdout, clusterVersion)
})

// labCluster is a cluster of one node, and what its node is to be like after each case.
type labCluster struct {
	*cluster.Cluster
	n         *node.Node
	before    traces
	container string
}

// bootCluster boots a control plane and one node. A pod runs there that no change may restart,
// one that ends every few seconds, and one that gives its users the node itself.
func bootCluster(t *testing.T) labCluster {
	t.Helper()
	p, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	// Its programs take ten minutes to build, on top of what a first run builds anyway.
	if b, err := base(); err == nil && !b.HasControlPlane(clusterVersion) {
		long(t)
	}
	layers, err := controlPlane()
	if err != nil {
		t.Fatal(err)
	}
	name, begin := nodeName(t), time.Now()
	c, err := cluster.Boot(t.Context(), p, name, layers...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	n, err := c.Join(t.Context(), node.Spec{Name: name, Kubelet: clusterVersion})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ended(t, n, begin) })
	l := labCluster{Cluster: c, n: n}
	l.apply(t, pod("steady", "while :; do sleep 3600; done"))
	l.apply(t, pod("trickle", "sleep 3"))
	l.apply(t, hostDaemonSet)
	l.kubectl(t, "wait --for=condition=Ready --timeout=60s pod/steady")
	l.kubectl(t, "rollout status --timeout=60s daemonset/host")
	l.before, l.container = look(t, n), steadyContainer(t, n)
	return l
}

// kubectl runs a kubectl that has to succeed.
func (l labCluster) kubectl(t *testing.T, args string) string {
	t.Helper()
	out := l.Kubectl(t.Context(), args)
	if out.Code != 0 {
		t.Fatal(out)
	}
	return out.Stdout
}

func (l labCluster) apply(t *testing.T, manifest string) {
	t.Helper()
	l.kubectl(t, "apply -f - <<'EOF'\n"+manifest+"EOF")
}

// made holds that a change was made and is over, whoever saw its end, that one who comes
// back the same way can learn that, and rolls it back.
func (l labCluster) made(t *testing.T, reason string) {
	t.Helper()
	await(t, 2*time.Minute, "the change is over", over(l.n))
	plegctl(t, l.n, 0, "status").want(t, "works")
	l.ready(t)
	if now := steadyContainer(t, l.n); now != l.container {
		t.Fatalf("pod steady was restarted: %s, was %s", now, l.container)
	}
	if told := l.kubectl(t, "exec daemonset/host -- "+onHost+"history"); !strings.Contains(told, reason) || !strings.Contains(told, "committed") {
		t.Errorf("the caller cannot learn what became of the change:\n%s", told)
	}
	plegctl(t, l.n, 0, "recover").wantChanged(t, false)
	plegctl(t, l.n, 0, "rollback").want(t, "off").wantChanged(t, true)
	l.before.same(t, look(t, l.n))
	l.ready(t)
}

// ready waits until the cluster calls the node ready, and a pod can be entered.
func (l labCluster) ready(t *testing.T) {
	t.Helper()
	await(t, time.Minute, "the kubelet serves exec again", func(ctx context.Context) error {
		if out := l.Kubectl(ctx, "exec daemonset/host -- /bin/true"); out.Code != 0 {
			return errors.New(out.String())
		}
		return nil
	})
	l.kubectl(t, "wait --for=condition=Ready --timeout=60s node/"+l.n.Spec.Name)
}
