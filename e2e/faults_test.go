package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// faultNode is what the faults happen to: the newest kubelet, at its defaults.
func faultNode(t *testing.T) *node.Node {
	t.Helper()
	return boot(t, node.Spec{Kubelet: "1.37.2", Pods: pods()})
}

// unharmed holds that the node is as it was before: files, pods, and a kubelet
// that is healthy and polls.
func unharmed(t *testing.T, n *node.Node, before traces, container string) {
	t.Helper()
	before.same(t, look(t, n))
	await(t, time.Minute, "the kubelet is healthy again", n.Healthy)
	if now := steadyContainer(t, n); now != container {
		t.Fatalf("pod steady was restarted: %s, was %s", now, container)
	}
	await(t, time.Minute, "the kubelet runs without the gate", func(ctx context.Context) error {
		m, err := n.Metrics(ctx)
		if err == nil && m[node.GateEnabled] != 0 {
			err = errors.New("the gate is on")
		}
		return err
	})
	plegctl(t, n, 0, "status").want(t, "off")
}

// A kubelet that ends at once with the change: rolled back, and said so.
func TestFaultKubeletDies(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	must(t, n, `mkdir -p /opt/real && mv /usr/bin/kubelet /opt/real/kubelet
		printf '#!/bin/sh\ngrep -q "EventedPLEG: true" `+node.KubeletConfig+` && { echo "the change was the end of me" >&2; exit 1; }\nexec /opt/real/kubelet "$@"\n' > /usr/bin/kubelet
		chmod 755 /usr/bin/kubelet; systemctl restart kubelet`)
	await(t, time.Minute, "the kubelet is up", n.Healthy)
	before, container := look(t, n), steadyContainer(t, n)
	a := plegctl(t, n, 5, "enable").says(t, "the change was the end of me")
	if a.Took > 90*time.Second {
		t.Fatalf("it took %v to give up on a kubelet that cannot start", a.Took)
	}
	unharmed(t, n, before, container)
	plegctl(t, n, 0, "history").says(t, "rolled-back")
}

// A containerd that is down before the change: refused, nothing was touched.
func TestFaultRuntimeDown(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before := look(t, n)
	must(t, n, "systemctl stop containerd")
	if a := n.Run(t.Context(), "plegctl -o json enable"); a.Code == 0 || a.Code == 5 || a.Code == 6 || a.Code == 2 {
		t.Fatalf("a node without a runtime was changed:\n%v", a)
	}
	before.same(t, look(t, n))
	must(t, n, "systemctl start containerd")
}

// A containerd that goes down during the change and does not come back: the
// files are as before, and plegctl does not say that all is well.
func TestFaultRuntimeLost(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	must(t, n, `mkdir -p /opt/real && mv /usr/bin/kubelet /opt/real/kubelet
		printf '#!/bin/sh\ngrep -q "EventedPLEG: true" `+node.KubeletConfig+` && { mv /usr/bin/containerd /opt/real/; systemctl kill -s KILL --kill-who=main containerd; }\nexec /opt/real/kubelet "$@"\n' > /usr/bin/kubelet
		chmod 755 /usr/bin/kubelet; systemctl restart kubelet`)
	await(t, time.Minute, "the kubelet is up", n.Healthy)
	before, container := look(t, n), steadyContainer(t, n)
	out := n.Run(t.Context(), "plegctl -o json enable --wait 10s")
	if out.Code != 5 && out.Code != 6 {
		t.Fatalf("exit code %d, want 5 or 6\n%v", out.Code, out)
	}
	decode(t, out, out.Code)
	if out.Code == 5 {
		before.same(t, look(t, n))
	}
	must(t, n, "mv /opt/real/containerd /usr/bin/; systemctl reset-failed containerd; systemctl restart containerd; systemctl restart kubelet")
	await(t, time.Minute, "the kubelet is healthy again", n.Healthy)
	if out.Code == 6 { // the guard stays armed until the rollback is complete
		plegctl(t, n, 0, "recover")
	}
	unharmed(t, n, before, container)
}

// Without D-Bus root still reaches systemd by its private socket.
func TestFaultNoDBus(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before, container := look(t, n), steadyContainer(t, n)
	must(t, n, "systemctl stop dbus.socket dbus.service")
	plegctl(t, n, 0, "status").want(t, "off")
	plegctl(t, n, 0, "enable").want(t, "works").wantChanged(t, true)
	plegctl(t, n, 0, "rollback").want(t, "off").wantChanged(t, true)
	must(t, n, "systemctl start dbus.socket")
	unharmed(t, n, before, container)
}

// A journal that cannot be read is said so, and is never "no findings".
func TestFaultNoJournal(t *testing.T) {
	t.Parallel()
	n := boot(t, node.Spec{Kubelet: "1.37.2", Gate: node.On(), Pods: pods()})
	awaitEvents(t, n)
	// journald goes on writing; without it every daemon would die of its own log.
	must(t, n, `mkdir -p /run/log/journal /var/log/journal
		mount -t tmpfs tmpfs /var/log/journal; mount -t tmpfs tmpfs /run/log/journal`)
	if a := plegctl(t, n, 1, "logs"); a.Kind != "Error" {
		t.Fatalf("a journal that is not there was judged\n%v", a.Output)
	}
	plegctl(t, n, 0, "status").want(t, "works") // the metrics tell
	withoutAccess(t, n, func() { plegctl(t, n, 4, "status").want(t, "inconclusive") })
}

// A full disk under the state directory: nothing can be written ahead, so nothing
// is changed.
func TestFaultDiskFull(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	must(t, n, `mkdir -p /var/lib/plegctl && mount -t tmpfs -o size=64k,mode=700 tmpfs /var/lib/plegctl
		dd if=/dev/zero of=/var/lib/plegctl/fill bs=1k 2>/dev/null; true`)
	before, container := look(t, n), steadyContainer(t, n)
	out := n.Run(t.Context(), "plegctl -o json enable")
	if out.Code != 1 && out.Code != 3 {
		t.Fatalf("exit code %d on a full disk, want 1 or 3\n%v", out.Code, out)
	}
	if !strings.Contains(out.Stdout, "/var/lib/plegctl") {
		t.Fatalf("the answer does not tell which disk is full\n%v", out)
	}
	must(t, n, "umount /var/lib/plegctl")
	unharmed(t, n, before, container)
}

// A change that nobody confirms undoes itself, also when plegctl was killed;
// one that is confirmed stays.
func TestFaultUnconfirmed(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before, container := look(t, n), steadyContainer(t, n)
	plegctl(t, n, 0, "enable --confirm-within 5s").want(t, "works")
	awaitReverted(t, n)
	unharmed(t, n, before, container)
	plegctl(t, n, 0, "history").says(t, "not confirmed")

	plegctl(t, n, 0, "enable --confirm-within 20s").want(t, "works")
	plegctl(t, n, 0, "confirm").wantChanged(t, true)
	settle(t, 24*time.Second) // past the moment of the revert
	plegctl(t, n, 0, "status").want(t, "works")
	plegctl(t, n, 0, "rollback").want(t, "off")
	unharmed(t, n, before, container)
}

// awaitReverted waits until the revert has run to its end.
func awaitReverted(t *testing.T, n *node.Node) {
	t.Helper()
	await(t, 2*time.Minute, "the change undoes itself", func(ctx context.Context) error {
		if out := n.Run(ctx, "grep -q EventedPLEG "+node.KubeletConfig+" || pgrep -x plegctl"); out.Code == 0 {
			return errors.New("the gate is still set, or plegctl still runs")
		}
		if out := n.Run(ctx, "systemctl list-units --plain --no-legend --state=active,activating 'plegctl-revert*'"); strings.TrimSpace(out.Stdout) != "" {
			return fmt.Errorf("the revert has not ended: %s", out.Stdout)
		}
		return nil
	})
}
