package e2e

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// A daemon that stands still answers nothing now, and what it said before proves nothing:
// the state is inconclusive within the time bounds, and the node works again when the
// daemon goes on. Whether Evented PLEG harms static pods meanwhile is not known either.
func TestFrozen(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.36.3", "1.37.2"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			n := boot(t, node.Spec{Kubelet: version, Gate: node.On(), Pods: pods()})
			for _, daemon := range []string{"containerd", "kubelet"} {
				t.Run(daemon, func(t *testing.T) { checkFrozen(t, n, daemon) })
			}
		})
	}
}

func checkFrozen(t *testing.T, n *node.Node, daemon string) {
	t.Helper()
	state, code := working(n)
	awaitEvents(t, n)
	plegctl(t, n, code, "status").want(t, state)
	must(t, n, "systemctl kill -s STOP --kill-who=main "+daemon+`
		until grep -q '^State:.T' /proc/$(systemctl show -P MainPID `+daemon+`)/status; do sleep 0.1; done`)
	defer must(t, n, "systemctl kill -s CONT --kill-who=main "+daemon)
	for _, ask := range []struct {
		args  string
		limit time.Duration
	}{
		{"status", 10 * time.Second},
		{"verify --wait 0", 10 * time.Second},
		{"verify --wait 5s", 20 * time.Second},
		{"verify --stimulus --level proven --wait 5s", 30 * time.Second},
	} {
		a := plegctl(t, n, 4, ask.args).want(t, "inconclusive").says(t, "no answer in time", "kill -CONT")
		if a.Took > ask.limit {
			t.Errorf("%s took %v\n%v", ask.args, a.Took, a.Output)
		}
	}
	must(t, n, "systemctl kill -s CONT --kill-who=main "+daemon)
	awaitEvents(t, n)
	plegctl(t, n, code, "status").want(t, state)
}

// TestFrozenBefore: a change of a node whose daemon stands still is refused in time, and the
// daemon is not touched.
func TestFrozenBefore(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before, container := look(t, n), steadyContainer(t, n)
	for _, daemon := range []string{"containerd", "kubelet"} {
		run := invocation(t, n)
		must(t, n, sendTo(daemon, "STOP"))
		for _, args := range []string{"preflight", "plan", "enable"} {
			out := n.Run(t.Context(), "plegctl "+args)
			if out.Code != 3 || !strings.Contains(out.Stdout+out.Stderr, "kill -CONT") {
				t.Errorf("%s frozen: exit %d\n%v", daemon, out.Code, out)
			}
			if out.Took > 20*time.Second {
				t.Errorf("%s frozen: %s took %v", daemon, args, out.Took)
			}
		}
		must(t, n, sendTo(daemon, "CONT"))
		if now := invocation(t, n); now != run {
			t.Errorf("%s frozen: the kubelet was restarted", daemon)
		}
		unharmed(t, n, before, container)
	}
}

// A daemon that is down, that dies again and again, or that could not start again with its
// files is broken, whatever the gate is.
func TestBroken(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.34.4", "1.37.2"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			n := boot(t, node.Spec{Kubelet: version, Gate: node.On(), Pods: pods()})
			t.Run("file", func(t *testing.T) { checkBrokenFile(t, n) })
			t.Run("down", func(t *testing.T) { checkBrokenUnit(t, n, "kubelet", "systemctl stop kubelet", "true") })
			t.Run("runtime-down", func(t *testing.T) {
				checkBrokenUnit(t, n, "containerd", "systemctl stop containerd", "systemctl start containerd")
			})
			t.Run("crash-loop", func(t *testing.T) {
				const key = "/etc/kubernetes/pki/ca.crt"
				checkBrokenUnit(t, n, "kubelet", "mv "+key+" /root/ca.crt; systemctl restart kubelet; sleep 6", "mv /root/ca.crt "+key)
			})
		})
	}
}

// checkBrokenFile: the kubelet runs, and a value in its file would end the next start.
func checkBrokenFile(t *testing.T, n *node.Node) {
	t.Helper()
	state, code := working(n)
	awaitEvents(t, n)
	must(t, n, "cp "+node.KubeletConfig+" /root/config.yaml; echo 'maxPods: many' >> "+node.KubeletConfig)
	const mend = "cp /root/config.yaml " + node.KubeletConfig + "; systemctl restart kubelet"
	defer must(t, n, mend)
	line := must(t, n, "printf %d $(wc -l < "+node.KubeletConfig+")")
	now := "broken"
	if staticPods(n) {
		now = state // harm is the worst news
	}
	for _, args := range []string{"status", "verify"} {
		plegctl(t, n, 3, args).want(t, now).says(t, node.KubeletConfig+":"+line)
	}
	out := n.Run(t.Context(), "plegctl enable")
	if out.Code == 0 || out.Code == 5 || out.Code == 6 {
		t.Fatalf("a node whose kubelet would not start was changed:\n%v", out)
	}
	must(t, n, "systemctl restart kubelet; sleep 3") // plegctl said the truth: it does not start
	if n.Healthy(t.Context()) == nil {
		t.Fatal(errors.New("the kubelet starts with maxPods: many"))
	}
	plegctl(t, n, 3, "status").want(t, "broken").says(t, node.KubeletConfig+":"+line)
	must(t, n, mend)
	awaitEvents(t, n)
	plegctl(t, n, code, "status").want(t, state)
}

// checkBrokenUnit: the daemon's files are right, and it does not run.
func checkBrokenUnit(t *testing.T, n *node.Node, daemon, harm, mend string) {
	t.Helper()
	state, code := working(n)
	awaitEvents(t, n)
	must(t, n, harm)
	plegctl(t, n, 3, "verify").want(t, "broken").says(t, daemon+".service is ")
	// A kubelet that dies again and again runs for a moment now and then.
	for range 20 {
		if a := plegctl(t, n, 3, "status"); a.State != "broken" && (a.State != "harmful" || !staticPods(n)) {
			t.Fatalf("state %s\n%v", a.State, a.Output)
		}
		must(t, n, "sleep 0.1")
	}
	must(t, n, mend+"; systemctl restart kubelet")
	awaitEvents(t, n)
	plegctl(t, n, code, "status").want(t, state)
}
