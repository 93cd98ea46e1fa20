package e2e

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// TestFaultDuring: what breaks while the kubelet is down. The node is as wanted or as before,
// and the exit code says which.
func TestFaultDuring(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	must(t, n, "mkdir -p /var/lib/plegctl && mount -t tmpfs -o size=64m,mode=700 tmpfs /var/lib/plegctl")
	before, container := look(t, n), steadyContainer(t, n)
	for _, c := range []struct {
		name, fault, repair string
		long                bool
	}{
		{name: "D-Bus goes", fault: "systemctl stop dbus.socket dbus.service", repair: "systemctl start dbus.socket"},
		{
			name: "journald goes", fault: "systemctl stop systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket systemd-journald",
			repair: "systemctl start systemd-journald",
		},
		{name: "the disk is full", fault: "dd if=/dev/zero of=/var/lib/plegctl/fill bs=1M 2>/dev/null", repair: "rm -f /var/lib/plegctl/fill"},
		{name: "containerd freezes", fault: sendTo("containerd", "STOP"), repair: sendTo("containerd", "CONT"), long: true},
	} {
		if c.long && os.Getenv(envAll) == "" {
			continue // the way back waits a minute for the runtime
		}
		out := duringChange(t, n, "enable --wait 20s", c.fault)
		must(t, n, c.repair)
		await(t, 5*time.Minute, c.name+": the change is over", noUnit(n, "plegctl-change-*"))
		switch out.Code {
		case 0:
			plegctl(t, n, 0, "status").want(t, "works")
			plegctl(t, n, 0, "rollback").want(t, "off")
		case 5, 6: // as before; where the record could not be written it is open until this
			plegctl(t, n, 0, "recover")
		default:
			t.Errorf("%s: exit %d", c.name, out.Code)
		}
		await(t, time.Minute, c.name+": nothing is left", over(n))
		unharmed(t, n, before, container)
	}
}

// duringChange runs plegctl, and a line of shell in the moment in which the kubelet is down.
func duringChange(t *testing.T, n *node.Node, args, line string) node.Output {
	t.Helper()
	out := n.Run(t.Context(), `plegctl `+args+` 2>/tmp/err & for i in $(seq 400); do grep -q "stop kubelet" /tmp/err && break; sleep 0.02; done
		`+line+`
		wait $!; code=$?; cat /tmp/err >&2; exit $code`)
	if !strings.Contains(out.Stderr, "stop kubelet") {
		t.Fatalf("the change did not begin:\n%v", out)
	}
	return out
}

func sendTo(daemon, name string) string {
	return "systemctl kill -s " + name + " --kill-who=main " + daemon
}
