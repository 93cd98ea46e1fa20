package e2e

import (
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// TestReboot: a change that nobody has confirmed is reverted when the node boots, before
// its kubelet starts; one that was confirmed stays.
func TestReboot(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before := look(t, n)
	plegctl(t, n, 0, "enable --confirm-within 10m").want(t, "works")
	reboot(t, n)
	before.same(t, look(t, n))
	plegctl(t, n, 0, "status").want(t, "off")
	plegctl(t, n, 0, "history").says(t, "not confirmed")
	if runs := must(t, n, "journalctl -b -u kubelet -o cat | grep -c 'Started kubelet.service'"); runs != "1" {
		t.Errorf("the kubelet was started %s times at boot", runs)
	}

	plegctl(t, n, 0, "enable --confirm-within 10m").want(t, "works")
	plegctl(t, n, 0, "confirm").wantChanged(t, true)
	reboot(t, n)
	awaitEvents(t, n)
	plegctl(t, n, 0, "status").want(t, "works")
	plegctl(t, n, 0, "rollback").want(t, "off")
	before.same(t, look(t, n))
}

// TestRebootDuringAChange: the node goes down while its kubelet is stopped.
func TestRebootDuringAChange(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before := look(t, n)
	change := n.Start(t.Context(), "plegctl enable 2>/tmp/err")
	must(t, n, `for i in $(seq 200); do grep -q "stop kubelet" /tmp/err && break; sleep 0.05; done; grep "stop kubelet" /tmp/err`)
	reboot(t, n)
	t.Log(change.Wait())
	plegctl(t, n, 0, "recover")
	state := "off"
	if n.Run(t.Context(), "grep -q EventedPLEG "+node.KubeletConfig).Code == 0 {
		state = "works"
		awaitEvents(t, n)
	}
	plegctl(t, n, 0, "status").want(t, state)
	plegctl(t, n, 0, "rollback").wantChanged(t, state == "works")
	before.same(t, look(t, n))
	await(t, time.Minute, "the kubelet is healthy", n.Healthy)
}

func reboot(t *testing.T, n *node.Node) {
	t.Helper()
	if err := n.Reboot(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := n.AwaitKubelet(t.Context()); err != nil {
		t.Fatal(err)
	}
}
