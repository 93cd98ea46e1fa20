package node

import (
	"fmt"
	"strings"
)

// Paths of the node's kubelet, as kubeadm lays them out.
const (
	KubeletConfig = "/var/lib/kubelet/config.yaml"
	KubeletFlags  = "/etc/default/kubelet"
	AdminConf     = "/etc/kubernetes/admin.conf"
	clientCA      = "/etc/kubernetes/pki/ca.crt"
	kubeletConf   = "/etc/kubernetes/kubelet.conf"
)

func (s Spec) kubeletFiles() map[string]file {
	kubeconfig, flags := "", ""
	if s.Join != nil {
		kubeconfig = "--kubeconfig=" + kubeletConf + " "
		flags = "--hostname-override=" + s.hostName() + " --node-ip=" + s.Join.Address
	}
	return map[string]file{
		"/usr/lib/systemd/system/kubelet.service":                   {kubeletUnit, 0o644},
		"/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": {fmt.Sprintf(kubeletDropIn, kubeconfig), 0o644},
		"/var/lib/kubelet/kubeadm-flags.env":                        {fmt.Sprintf("KUBELET_KUBEADM_ARGS=%q\n", flags), 0o644},
		KubeletFlags:                                                {fmt.Sprintf("KUBELET_EXTRA_ARGS=--v=%d\n", s.Verbosity), 0o644},
		KubeletConfig:                                               {s.kubeletConfig(), 0o644},
	}
}

const kubeletUnit = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=2
KillMode=process

[Install]
WantedBy=multi-user.target
`

// kubeletDropIn is kubeadm's; without a kubeconfig the kubelet runs standalone.
const kubeletDropIn = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_CONFIG_ARGS=%s--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`

// kubeletConfig is what an administrator might have: comments, an order of its
// own, and settings that this kind of machine needs.
func (s Spec) kubeletConfig() string {
	var b strings.Builder
	b.WriteString(`# Kubelet configuration of this node. Kept by hand.
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration

authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: WEBHOOK
  x509:
    clientCAFile: ` + clientCA + ` # who may read /metrics
authorization:
  mode: AUTHORIZATION

containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock"

# This machine: cgroup v1, no swap accounting, no user namespaces.
cgroupDriver: cgroupfs
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
localStorageCapacityIsolation: false
fileCheckFrequency: 2s
httpCheckFrequency: 2s
`)
	text := b.String()
	b.Reset()
	webhook, authorization := "false", "AlwaysAllow"
	if s.Join != nil {
		webhook, authorization = "true", "Webhook"
		text += "tlsCertFile: /var/lib/kubelet/pki/kubelet.crt\ntlsPrivateKeyFile: /var/lib/kubelet/pki/kubelet.key\n"
	}
	b.WriteString(strings.NewReplacer("WEBHOOK", webhook, "AUTHORIZATION", authorization).Replace(text))
	if s.PodsDir {
		b.WriteString("staticPodPath: " + manifests + "\n")
	} else {
		b.WriteString("staticPodURL: " + podsURL + "\n")
	}
	b.WriteString("crashLoopBackOff:\n  maxContainerRestartPeriod: 1s\n")
	b.WriteString(s.featureGates())
	if s.JSONLog {
		b.WriteString("logging:\n  format: json\n")
	}
	return b.String()
}

// featureGates is empty where the node needs none. A kubelet up to 1.34 obeys
// crashLoopBackOff, without which a container that ends is started ever more
// rarely, only with a gate of its own: such a node has a map of gates already.
func (s Spec) featureGates() string {
	var b strings.Builder
	if strings.HasPrefix(s.Kubelet, "1.34.") {
		b.WriteString("  KubeletCrashLoopBackOffMax: true # pods that end are started again soon\n")
	}
	if s.Gate != nil {
		fmt.Fprintf(&b, "  EventedPLEG: %t\n", *s.Gate)
	}
	if b.Len() == 0 {
		return ""
	}
	return "featureGates:\n" + b.String()
}
