package e2e

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// TestTheTerminalOnlyWatches: whatever becomes of the foreground in the moment in which the
// kubelet is down, the change comes to its end, and the node is as wanted.
func TestTheTerminalOnlyWatches(t *testing.T) {
	t.Parallel()
	const began = `for i in $(seq 200); do grep -q "stop kubelet" /tmp/err && break; sleep 0.05; done; `
	n := faultNode(t)
	before, container := look(t, n), steadyContainer(t, n)
	for name, line := range map[string]string{
		"stderr is a pipe that nobody reads": `mkfifo /tmp/full; exec 7<>/tmp/full
			dd if=/dev/zero of=/proc/self/fd/7 bs=4096 count=16 oflag=nonblock 2>/dev/null; plegctl enable 2>&7; rm /tmp/full`,
		"the foreground is killed":  `plegctl enable 2>/tmp/err & ` + began + `kill -KILL $!`,
		"the foreground is stopped": `plegctl enable 2>/tmp/err & ` + began + `kill -STOP $!; sleep 15; kill -KILL $!`,
	} {
		n.Run(t.Context(), line)
		made(t, n, name, before)
	}
	unharmed(t, n, before, container)
}

// TestKeys is the same for a person at a terminal. What holds the foreground up for a while
// does not keep it from telling the end.
func TestKeys(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before, container := look(t, n), steadyContainer(t, n)
	const done = "enable: done; works"
	for _, c := range []struct{ name, key, then, shows string }{
		{"Ctrl-Z", node.CtrlZ, "fg\n", done},
		{"Ctrl-S", node.CtrlS, node.CtrlQ, done},
		{`Ctrl-\`, node.CtrlBackslash, "", "goes on without being watched"},
		{"a lost connection", "", "", ""},
	} {
		terminal, err := n.OpenTerminal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer terminal.Close()
		shows := func(text string) {
			if err := terminal.Await(t.Context(), time.Minute, text); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		typed(t, terminal, "plegctl enable\n")
		shows("stop kubelet")
		if typed(t, terminal, c.key); c.key == "" {
			terminal.Close()
		}
		await(t, 2*time.Minute, c.name+": the change is over", over(n))
		typed(t, terminal, c.then)
		shows(c.shows)
		made(t, n, c.name, before)
	}
	unharmed(t, n, before, container)
}

func typed(t *testing.T, terminal *node.Terminal, text string) {
	t.Helper()
	if text == "" {
		return
	}
	if err := terminal.Type(text); err != nil {
		t.Fatal(err)
	}
}

// made holds that the change is made and over, and takes it back.
func made(t *testing.T, n *node.Node, name string, before traces) {
	t.Helper()
	await(t, 2*time.Minute, name+": the change is over", over(n))
	plegctl(t, n, 0, "status").want(t, "works")
	plegctl(t, n, 0, "recover").wantChanged(t, false)
	plegctl(t, n, 0, "rollback").want(t, "off").wantChanged(t, true)
	before.same(t, look(t, n))
}

// TestASignalAsksForARollback: Ctrl-C and SIGTERM of the foreground reach the service.
func TestASignalAsksForARollback(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before, container := look(t, n), steadyContainer(t, n)
	for _, signal := range []string{"INT", "TERM"} {
		out := n.Run(t.Context(), `plegctl enable 2>/tmp/err & for i in $(seq 200); do grep -q "start kubelet" /tmp/err && break; sleep 0.05; done
			kill -`+signal+` $!; wait $!`)
		if out.Code != 130 {
			t.Errorf("SIG%s: exit %d", signal, out.Code)
		}
		before.same(t, look(t, n))
	}
	unharmed(t, n, before, container)
}

// TestTheServiceIsKilledOrFrozen: systemd recovers at once, or the guard when its time comes.
func TestTheServiceIsKilledOrFrozen(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before, container := look(t, n), steadyContainer(t, n)
	for _, signal := range []string{"KILL", "STOP"} {
		out := n.Run(t.Context(), `plegctl enable --confirm-within 10s 2>/tmp/err & for i in $(seq 200); do grep -q "stop kubelet" /tmp/err && break; sleep 0.05; done
			systemctl kill --signal=`+signal+` --kill-who=main 'plegctl-change-*'; wait $!`)
		if out.Code != 5 {
			t.Errorf("SIG%s: exit %d", signal, out.Code)
		}
		await(t, 2*time.Minute, "SIG"+signal+": nothing is left", over(n))
		before.same(t, look(t, n))
		plegctl(t, n, 0, "status").want(t, "off")
	}
	if left := strings.TrimSpace(must(t, n, "ls /etc/systemd/system | grep -c plegctl || true")); left != "0" {
		t.Errorf("%s units are left", left)
	}
	unharmed(t, n, before, container)
}

// TestRollbackOfWhatAnotherToolTookBack: kubeadm writes the file anew and restarts nothing.
func TestRollbackOfWhatAnotherToolTookBack(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	must(t, n, "cp "+node.KubeletConfig+" /root/before.yaml")
	plegctl(t, n, 0, "enable").want(t, "works")
	must(t, n, "cat /root/before.yaml > "+node.KubeletConfig)
	plegctl(t, n, 0, "rollback").want(t, "off")
	plegctl(t, n, 0, "status").want(t, "off")
}

// over is nil when no change and no guard runs any more.
func over(n *node.Node) func(context.Context) error { return noUnit(n, "plegctl-*") }

// noUnit is nil when no unit by that name runs.
func noUnit(n *node.Node, name string) func(context.Context) error {
	return func(ctx context.Context) error {
		out := n.Run(ctx, "systemctl list-units --plain --no-legend --state=active,activating,deactivating '"+name+"'")
		if left := strings.TrimSpace(out.Stdout); left != "" {
			return errors.New(left)
		}
		return nil
	}
}
