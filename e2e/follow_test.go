package e2e

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// logs --follow on a real journald: it tells of the fallback when it happens,
// and goes on over a rotation of the journal and a restart of the kubelet.
func TestFollow(t *testing.T) {
	t.Parallel()
	n := boot(t, node.Spec{Kubelet: "1.37.2", Gate: node.On(), Pods: pods()})
	works(t, n)
	const file = "/tmp/follow.jsonl"
	following := n.Start(t.Context(), "exec plegctl logs --follow -o json > "+file)
	defer following.Kill()
	says := func(what string) {
		t.Helper()
		await(t, 30*time.Second, "logs --follow says "+what, func(ctx context.Context) error {
			said, err := n.Must(ctx, "cat "+file)
			if err == nil && !strings.Contains(said, what) {
				err = errors.New(said)
			}
			return err
		})
	}
	settle(t, 2*time.Second)
	must(t, n, "journalctl --rotate")
	must(t, n, "systemctl restart containerd")
	says("disabling container-termination fast path")
	must(t, n, ": > "+file)
	must(t, n, "journalctl --rotate; systemctl restart kubelet")
	says("Effective KubeletConfiguration")
}
