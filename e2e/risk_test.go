package e2e

import (
	"testing"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// Static pods on a kubelet of the old design: refused by name, and what was
// accepted by name is in the record.
func TestStaticPods(t *testing.T) {
	t.Parallel()
	n := boot(t, node.Spec{Kubelet: "1.36.3", PodsDir: true, Pods: pods()})
	before, container := look(t, n), steadyContainer(t, n)
	plegctl(t, n, 3, "preflight").says(t, "PLEG-NODE-STATIC-PODS")
	plegctl(t, n, 3, "enable").says(t, "static-pods")
	before.same(t, look(t, n))
	plegctl(t, n, 0, "enable --accept-risk static-pods").wantChanged(t, true)
	awaitEvents(t, n)
	plegctl(t, n, 0, "history").says(t, "static-pods")
	plegctl(t, n, 0, "rollback").wantChanged(t, true)
	unharmed(t, n, before, container)
}
