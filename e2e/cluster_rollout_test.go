package e2e

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// TestClusterRollout runs the manifests of contrib/kubernetes on three nodes. On one of them
// the change is refused: the rollout stops there, and never more than one node is worked on.
func TestClusterRollout(t *testing.T) {
	long(t)
	t.Parallel()
	l := bootCluster(t)
	nodes := []*node.Node{l.n}
	for i := range 2 {
		n, err := l.Join(t.Context(), node.Spec{Name: fmt.Sprintf("%s-%d", l.n.Spec.Name, i+2), Kubelet: clusterVersion})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(n.Stop)
		nodes = append(nodes, n)
	}

	// The credentials are not on the nodes of a cluster: without metrics the answer of each is
	// open, and the document is there all the same.
	l.apply(t, contributed(t, "status.yaml"))
	l.kubectl(t, "-n plegctl-status rollout status --timeout=120s daemonset/plegctl-status")
	for _, pod := range strings.Fields(l.kubectl(t, "-n plegctl-status get pods -o name")) {
		if document := l.kubectl(t, "-n plegctl-status logs "+pod); !strings.Contains(document, `"state": "off"`) {
			t.Errorf("%s:\n%s", pod, document)
		}
	}
	l.kubectl(t, "delete namespace plegctl-status")

	l.apply(t, contributed(t, "rollout.yaml"))
	l.kubectl(t, "-n plegctl rollout status --timeout=120s daemonset/plegctl")
	refusing := nodes[1]
	must(t, refusing, "mount --bind "+node.KubeletConfig+" "+node.KubeletConfig)
	l.kubectl(t, "-n plegctl set env daemonset/plegctl VERB=enable")
	const failed = `-n plegctl get pods -o jsonpath='{range .items[*]}{.spec.nodeName} {.status.containerStatuses[0].ready}{"\n"}{end}'`
	await(t, 5*time.Minute, "the rollout comes to the node that refuses", func(ctx context.Context) error {
		out := l.Kubectl(ctx, failed)
		log := l.Kubectl(ctx, "-n plegctl logs --tail=8 -l app=plegctl --prefix")
		if !strings.Contains(out.Stdout, refusing.Spec.Name+" false") || !strings.Contains(log.Stdout, "exit code 3") {
			return fmt.Errorf("%s\n%s", out, log)
		}
		return nil
	})
	if out := l.kubectl(t, failed); strings.Count(out, "false") != 1 {
		t.Errorf("more than one node is worked on:\n%s", out)
	}
	plegctl(t, refusing, 0, "status").want(t, "off")

	must(t, refusing, "umount "+node.KubeletConfig)
	l.kubectl(t, "-n plegctl set env daemonset/plegctl VERB=rollback")
	l.kubectl(t, "-n plegctl rollout status --timeout=300s daemonset/plegctl")
	for _, n := range nodes {
		plegctl(t, n, 0, "status").want(t, "off")
	}
	l.before.same(t, look(t, l.n))
}

// contributed is a manifest of contrib/kubernetes for this cluster, which pulls no images.
func contributed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../contrib/kubernetes/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(
		"image: docker.io/library/busybox:1.37\n", "image: plegctl.invalid/busybox:1\n        imagePullPolicy: Never\n",
		"/usr/sbin/plegctl", "/usr/local/bin/plegctl", "\n      containers:\n", "\n      hostNetwork: true\n      containers:\n",
	).Replace(string(text))
}
