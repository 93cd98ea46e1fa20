package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// The silent fallback: the runtime restarts under the kubelet, which from then
// on polls and says little. plegctl tells so within five seconds, with the time
// and the cause, at any verbosity, in any log format, with and without access
// to the kubelet's metrics; and it tells when a restart of the kubelet mended it.
func TestFallback(t *testing.T) {
	t.Parallel()
	for _, version := range kubelets() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			n := boot(t, node.Spec{Kubelet: version, Gate: node.On(), Pods: pods()})
			for _, verbosity := range []int{0, 2, 4} {
				for _, format := range []string{"text", "json"} {
					t.Run(fmt.Sprintf("v%d-%s", verbosity, format), func(t *testing.T) {
						logAs(t, n, verbosity, format)
						awaitEvents(t, n)
						works(t, n)
						at := restartContainerd(t, n)
						awaitFellBack(t, n)
						fellBack(t, n, at)
						must(t, n, "systemctl restart kubelet")
						awaitEvents(t, n)
						works(t, n)
					})
				}
			}
		})
	}
}

// logAs restarts the kubelet with another verbosity and log format.
func logAs(t *testing.T, n *node.Node, verbosity int, format string) {
	t.Helper()
	must(t, n, fmt.Sprintf(`echo 'KUBELET_EXTRA_ARGS=--v=%d' > %s
		sed -i '/^logging:/,$d' %s
		printf 'logging:\n  format: %s\n' >> %s
		systemctl restart kubelet`, verbosity, node.KubeletFlags, node.KubeletConfig, format, node.KubeletConfig))
}

// works asks with and without access to the kubelet's metrics. Without it a
// kubelet that started only just now proves nothing by its silence, so the first
// question is one that waits.
func works(t *testing.T, n *node.Node) {
	t.Helper()
	state, code := working(n)
	plegctl(t, n, code, "status").want(t, state)
	withoutAccess(t, n, func() {
		plegctl(t, n, code, "verify --level connected --wait 60s").want(t, state)
		plegctl(t, n, code, "status").want(t, state)
	})
}

// withoutAccess hides the only credential that may read the kubelet's port.
func withoutAccess(t *testing.T, n *node.Node, do func()) {
	t.Helper()
	must(t, n, "mv "+node.AdminConf+" /root/hidden.conf")
	defer must(t, n, "mv /root/hidden.conf "+node.AdminConf)
	do()
}

func restartContainerd(t *testing.T, n *node.Node) time.Time {
	t.Helper()
	at := time.Now()
	must(t, n, "systemctl restart containerd")
	return at
}

// fellBack holds every command that can know to the truth.
func fellBack(t *testing.T, n *node.Node, at time.Time) {
	t.Helper()
	ask := func(args string, code int) {
		a := plegctl(t, n, code, args).want(t, "fell-back")
		if a.Took > 5*time.Second {
			t.Fatalf("the answer took %v\n%v", a.Took, a.Output)
		}
		a.says(t, "the runtime") // the cause
		if !saysTime(a, at) {
			t.Fatalf("the answer does not say that it was at %v\n%v", at.UTC(), a.Output)
		}
	}
	ask("status", 3)
	ask("verify --level connected", 3)
	ask("logs", 3)
	withoutAccess(t, n, func() {
		ask("status", 3)
		ask("verify --level connected", 3)
	})
}

// saysTime looks for a moment close to at anywhere in the answer.
func saysTime(a answer, at time.Time) bool {
	for s := -2; s <= 15; s++ {
		moment := at.Add(time.Duration(s) * time.Second).UTC()
		if a.has(moment.Format("2006-01-02T15:04:05")) {
			return true
		}
	}
	return false
}
