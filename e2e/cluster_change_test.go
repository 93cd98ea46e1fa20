package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// TestClusterChange: a node is changed by way of its own kubelet, which the change stops. The
// session breaks; the change does not, and the node has a kubelet at every end.
func TestClusterChange(t *testing.T) {
	t.Parallel()
	l := bootCluster(t)
	t.Run("exec", func(t *testing.T) {
		out := l.Kubectl(t.Context(), "exec daemonset/host -- "+onHost+"enable --reason by-exec")
		if out.Code == 0 || !strings.Contains(out.Stderr, "plegctl history") {
			t.Errorf("the session was not cut by the change, or the caller does not learn where its end is:\n%v", out)
		}
		l.made(t, "by-exec")
	})
	t.Run("exec to be confirmed", func(t *testing.T) {
		long(t)
		for _, confirmed := range []bool{true, false} {
			l.Kubectl(t.Context(), "exec daemonset/host -- "+onHost+"enable --confirm-within 40s --reason to-be-confirmed")
			await(t, 2*time.Minute, "the change is made", noUnit(l.n, "plegctl-change-*"))
			l.ready(t)
			if confirmed {
				l.kubectl(t, "exec daemonset/host -- "+onHost+"confirm")
				l.made(t, "to-be-confirmed")
				continue
			}
			await(t, 2*time.Minute, "the guard has rolled it back", over(l.n))
			l.ready(t)
			l.before.same(t, look(t, l.n))
			plegctl(t, l.n, 0, "status").want(t, "off")
		}
	})
	t.Run("attach", func(t *testing.T) {
		long(t)
		l.apply(t, hostPod("attached", "read go; exec "+onHost+"enable --reason by-attach"))
		l.kubectl(t, "wait --for=condition=Ready --timeout=60s pod/attached")
		out := l.Kubectl(t.Context(), "attach -i attached < <(echo go; sleep 60 2>/dev/null)")
		if out.Code == 0 {
			t.Errorf("the session was not cut by the change:\n%v", out)
		}
		l.ended(t, "pod/attached")
		l.made(t, "by-attach")
	})
	t.Run("debug", func(t *testing.T) {
		long(t)
		l.Kubectl(t.Context(), "debug node/"+l.n.Spec.Name+" -i --profile=sysadmin --image=plegctl.invalid/busybox:1 --image-pull-policy=Never -- "+onHost+"enable --reason by-debug")
		name := strings.TrimSpace(l.kubectl(t, "get pods -o name | grep node-debugger"))
		l.ended(t, name)
		l.made(t, "by-debug")
	})
	t.Run("pod", func(t *testing.T) {
		l.apply(t, hostPod("operator", onHost+"enable --reason by-pod"))
		l.ended(t, "pod/operator")
		l.made(t, "by-pod")
	})
	t.Run("kubeadm writes the file anew", func(t *testing.T) {
		must(t, l.n, "cp "+node.KubeletConfig+" /root/before.yaml")
		plegctl(t, l.n, 0, "enable").want(t, "works")
		must(t, l.n, "cat /root/before.yaml > "+node.KubeletConfig+"; rm /root/before.yaml")
		plegctl(t, l.n, 0, "rollback").want(t, "off").wantChanged(t, true)
		l.before.same(t, look(t, l.n))
		l.ready(t)
	})
}

// ended holds that a pod whose program made the change ends well and has the answer in its
// log, and removes it.
func (l labCluster) ended(t *testing.T, pod string) {
	t.Helper()
	l.kubectl(t, "wait --for=jsonpath={.status.phase}=Succeeded --timeout=90s "+pod)
	if log := l.kubectl(t, "logs "+pod); !strings.Contains(log, "enable: done; works") {
		t.Errorf("the log of %s has no answer:\n%s", pod, log)
	}
	l.kubectl(t, "delete --wait=true "+pod)
}
