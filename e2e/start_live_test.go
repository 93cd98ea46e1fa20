package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// TestStartLive holds where plegctl says that the gate is set against units that really
// run: the words of the files where the process has them, else those of the process.
func TestStartLive(t *testing.T) {
	const config = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates:\n  EventedPLEG: true\n"
	n := bootSystemd(t, map[string]string{
		"/var/lib/kubelet/config.yaml": config,
		"/opt/start.sh":                "#!/bin/sh\n/usr/bin/kubelet $FLAGS &\nwait\n",
		"/etc/kubernetes/node.yaml":    config,
	}, map[string]string{"/usr/bin/kubelet": built(t, ".", "./lab/recorder"), "/usr/local/bin/plegctl": built(t, "..", ".")})
	must(t, n, "chmod +x /opt/start.sh")
	for name, c := range map[string]struct {
		service, from string
		// later is done after the start.
		later string
	}{
		"direct":    {service: "ExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml", from: "/var/lib/kubelet/config.yaml:4:3"},
		"host-name": {service: "ExecStart=/usr/bin/kubelet --config=%E/kubernetes/%H.yaml", from: "/etc/kubernetes/node.yaml:4:3"},
		"directory": {service: "WorkingDirectory=/var/lib/kubelet\nExecStart=/usr/bin/kubelet --config=config.yaml", from: "/var/lib/kubelet/config.yaml:4:3"},
		"starter":   {service: "ExecStart=/usr/bin/nice -n 1 /usr/bin/kubelet --feature-gates=EventedPLEG=true", from: "--feature-gates in /etc/systemd/system/kubelet.service:4:47"},
		"wrapper":   {service: "Environment=FLAGS=--feature-gates=EventedPLEG=true\nExecStart=/opt/start.sh", from: "--feature-gates of process "},
		"script":    {service: "ExecStart=/bin/sh -c '/usr/bin/kubelet --feature-gates=EventedPLEG=true & wait'", from: "--feature-gates of process "},
		"changed": {
			service: "ExecStart=/usr/bin/kubelet --v=2", from: "--feature-gates in /etc/systemd/system/kubelet.service.d/10.conf:3:28",
			later: "mkdir -p /etc/systemd/system/kubelet.service.d; sleep 1.1; printf '[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --feature-gates=EventedPLEG=true\n' > /etc/systemd/system/kubelet.service.d/10.conf; systemctl daemon-reload",
		},
	} {
		t.Run(name, func(t *testing.T) { checkLive(t, n, c.service, c.later, c.from) })
	}
}

func checkLive(t *testing.T, n *node.Node, service, later, want string) {
	t.Helper()
	must(t, n, "rm -rf /etc/systemd/system/kubelet.service.d /run/start; printf '%s' '"+strings.ReplaceAll("[Service]\nRestart=no\nEnvironment=RECORDER_STAYS=1\n"+service+"\n", "'", `'\''`)+
		"' > /etc/systemd/system/kubelet.service; systemctl daemon-reload; systemctl restart kubelet")
	await(t, 20*time.Second, "the program runs", func(ctx context.Context) error {
		if out := n.Run(ctx, "test -s /run/start/kubelet.service.json"); out.Code != 0 {
			return errors.New("it has recorded nothing")
		}
		return nil
	})
	if later != "" {
		must(t, n, later)
	}
	out := n.Run(t.Context(), "plegctl status -o json")
	var status struct {
		Node struct {
			Gate struct {
				Value *bool
				From  string
			}
		}
	}
	if err := json.Unmarshal([]byte(out.Stdout), &status); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	gate := status.Node.Gate
	if gate.Value == nil || !*gate.Value || !strings.HasPrefix(gate.From, want) {
		t.Errorf("gate %v from %q, want true from %q\n%s", fmt.Sprint(gate.Value != nil && *gate.Value), gate.From, want, out)
	}
}
