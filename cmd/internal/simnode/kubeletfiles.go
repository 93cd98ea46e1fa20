package simnode

import (
	"fmt"
	"strings"
)

// kubeletFiles are a kubeadm node's: unit, unit drop-in, flags and configuration, with the
// comments that an admin leaves in such a file.
func (n *Node) kubeletFiles() map[string]string {
	flags := "--node-ip=10.0.0.5"
	if n.kubelet.MinorLess(1, 27) {
		flags = "--container-runtime-endpoint=unix://" + n.Socket() + " " + flags
	}
	files := map[string]string{
		"/usr/lib/systemd/system/" + KubeletUnit: `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`,
		"/usr/lib/systemd/system/" + KubeletUnit + ".d/10-kubeadm.conf": `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`,
		"/var/lib/kubelet/kubeadm-flags.env": fmt.Sprintf("KUBELET_KUBEADM_ARGS=%q\n", flags),
		"/etc/default/kubelet":               "KUBELET_EXTRA_ARGS=\n",
		"/var/lib/kubelet/config.yaml":       n.kubeletConfig(),
		"/etc/os-release":                    "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"simulated node\"\n",
		"/etc/hostname":                      "sim-node\n",
		"/etc/machine-id":                    newHexID() + "\n",
	}
	if n.opts.Workload == WorkloadStatic {
		files["/etc/kubernetes/manifests/busy.yaml"] = "apiVersion: v1\nkind: Pod\nmetadata: {name: busy, namespace: default}\nspec:\n  hostNetwork: true\n  containers:\n  - {name: c, image: docker.io/library/busy:1, command: [sleep, \"" + formatSeconds(n.opts.WorkloadLife) + "\"]}\n"
	}
	return files
}

func (n *Node) kubeletConfig() string {
	var b strings.Builder
	b.WriteString("apiVersion: kubelet.config.k8s.io/v1beta1\n")
	if n.opts.Access == AccessOpen {
		b.WriteString("authentication:\n  anonymous:\n    enabled: true\nauthorization:\n  mode: AlwaysAllow\n")
	} else {
		b.WriteString("authentication:\n  anonymous:\n    enabled: false\n  webhook:\n    enabled: true\n  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt\nauthorization:\n  mode: Webhook\n")
	}
	b.WriteString("cgroupDriver: systemd\nclusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\n")
	if !n.kubelet.MinorLess(1, 27) {
		fmt.Fprintf(&b, "containerRuntimeEndpoint: unix://%s\n", n.Socket())
	}
	b.WriteString("# Gates of this site. Keep the list sorted.\nfeatureGates:\n")
	if n.opts.Gate != nil {
		fmt.Fprintf(&b, "  EventedPLEG: %v\n", *n.opts.Gate)
	}
	b.WriteString("  GracefulNodeShutdown: true   # ticket 971\n")
	fmt.Fprintf(&b, "healthzBindAddress: 127.0.0.1\nhealthzPort: %d\nkind: KubeletConfiguration\n", n.ports.healthz)
	fmt.Fprintf(&b, "logging:\n  format: %s\n  verbosity: %d\n", n.opts.LogFormat, n.opts.Verbosity)
	fmt.Fprintf(&b, "port: %d\n", n.ports.kubelet)
	if n.opts.Access == AccessReadOnlyPort {
		fmt.Fprintf(&b, "readOnlyPort: %d\n", n.ports.readOnly)
	}
	b.WriteString("rotateCertificates: true\nshutdownGracePeriod: 30s\nstaticPodPath: /etc/kubernetes/manifests\n")
	return b.String()
}
