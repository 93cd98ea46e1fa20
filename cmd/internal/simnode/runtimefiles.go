package simnode

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
)

// runtimeFiles are the unit and the configuration of the node's runtime.
func (n *Node) runtimeFiles() map[string]string {
	if known.RuntimeName(n.opts.Runtime) == known.CRIO {
		return n.crioFiles()
	}
	version, table := 3, "io.containerd.cri.v1.runtime"
	if n.runtime.MinorLess(2, 0) {
		version, table = 2, "io.containerd.grpc.v1.cri"
	}
	return map[string]string{
		"/etc/containerd/config.toml": fmt.Sprintf(`# /etc/containerd/config.toml of the simulated node
version = %d

[plugins."%s".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."%s".containerd.runtimes.runc.options]
  SystemdCgroup = true # as the kubelet has it
`, version, table, table),
		"/usr/lib/systemd/system/" + containerdUnit: `[Unit]
Description=containerd container runtime
After=network.target dbus.service

[Service]
ExecStart=/usr/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
`,
	}
}

func (n *Node) crioFiles() map[string]string {
	files := map[string]string{
		"/etc/crio/crio.conf.d/10-crio.conf": `[crio.image]
signature_policy = "/etc/crio/policy.json"

[crio.runtime]
default_runtime = "crun"

[crio.runtime.runtimes.crun]
runtime_path = "/usr/libexec/crio/crun"
monitor_path = "/usr/libexec/crio/conmon"
`,
		"/etc/crio/crio.conf.d/20-site.conf": `# Site settings. Ask the platform team before you change this.
[crio.runtime]
log_level = "info"
  # enable_pod_events = false
pids_limit = 4096 # ticket 1182
`,
		"/usr/lib/systemd/system/" + crioUnit: `[Unit]
Description=Container Runtime Interface for OCI (CRI-O)
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
EnvironmentFile=-/etc/sysconfig/crio
Environment=GOTRACEBACK=crash
ExecStart=/usr/bin/crio \
          $CRIO_CONFIG_OPTIONS \
          $CRIO_RUNTIME_OPTIONS
ExecReload=/bin/kill -s HUP $MAINPID
Restart=on-failure
RestartSec=10

[Install]
WantedBy=multi-user.target
Alias=cri-o.service
`,
	}
	if n.opts.PodEvents {
		files["/etc/crio/crio.conf.d/50-pod-events.conf"] = "[crio.runtime]\nenable_pod_events = true\n"
	}
	return files
}
