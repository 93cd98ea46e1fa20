package platform

// distributions are the programs that make a machine a node. Those that use kubeadm come
// before it.
func distributions() []Platform {
	return []Platform{
		// k0sproject/k0s dff90ce docs/runtime.md
		{
			Name: "k0s",
			Kubelet: Side{
				Edit: Refuse, Own: Warn,
				Overwritten: "k0s writes it anew at each start",
				Lasting:     "a worker profile (spec.workerProfiles[].values.featureGates), or `--kubelet-extra-args=--feature-gates=EventedPLEG=true` of `k0s worker`",
			},
			Containerd: Side{
				Edit: Refuse, Own: Fine,
				Overwritten: "k0s writes it anew while its first line is `# k0s_managed=true`",
				Lasting:     "a file in /etc/k0s/containerd.d (from k0s 1.36 of config version 3 only, else k0s exits); k0s restarts containerd by itself",
			},
			marks: []string{
				"/etc/k0s", "/var/lib/k0s",
				"/etc/systemd/system/k0sworker.service", "/etc/systemd/system/k0scontroller.service",
			},
		},
		// k3s-io/k3s 06ea261c pkg/agent/containerd/config.go; rancher/rke2#1681
		{
			Name: "RKE2",
			Kubelet: Side{
				Edit: Refuse, Own: Fine,
				Overwritten: "RKE2 writes its own drop-in anew at each start, and keeps the others in that directory",
				Lasting:     "a kubelet config drop-in of one's own in /var/lib/rancher/rke2/agent/etc/kubelet.conf.d (1.32 and later), or `kubelet-arg: [\"feature-gates=EventedPLEG=true\"]` in /etc/rancher/rke2/config.yaml",
			},
			Containerd: Side{
				Edit: Refuse, Own: Warn,
				Overwritten: "RKE2 writes it anew at each start",
				Lasting:     "config-v3.toml.tmpl beside it, or a file in config-v3.toml.d (newer releases)",
			},
			marks: []string{
				"/etc/rancher/rke2", "/var/lib/rancher/rke2/agent", "/usr/local/lib/systemd/system/rke2-agent.service", "/usr/local/lib/systemd/system/rke2-server.service",
				"/usr/lib/systemd/system/rke2-agent.service", "/usr/lib/systemd/system/rke2-server.service",
			},
		},
		// k3s-io/k3s 06ea261c pkg/daemons/agent/agent_linux.go, pkg/agent/containerd/config.go
		{
			Name: "K3s",
			Kubelet: Side{
				Edit: Refuse, Own: Fine,
				Overwritten: "K3s writes its own drop-in anew at each start, and keeps the others in that directory",
				Lasting:     "a kubelet config drop-in of one's own in /var/lib/rancher/k3s/agent/etc/kubelet.conf.d (1.32 and later), or `kubelet-arg: [\"feature-gates=EventedPLEG=true\"]` in /etc/rancher/k3s/config.yaml",
			},
			Containerd: Side{
				Edit: Refuse, Own: Warn,
				Overwritten: "K3s writes it anew at each start",
				Lasting:     "config-v3.toml.tmpl beside it, or a file in config-v3.toml.d (newer releases)",
			},
			marks: []string{"/etc/rancher/k3s", "/var/lib/rancher/k3s/agent", "/etc/systemd/system/k3s.service", "/etc/systemd/system/k3s-agent.service"},
		},
		// canonical/microk8s d099c90 microk8s-resources/default-args
		{
			Name: "MicroK8s",
			Kubelet: Side{
				Edit: Warn, Own: Warn,
				Overwritten: "a refresh of the snap may replace it; all components are one process",
				Lasting:     "`--feature-gates=EventedPLEG=true` in /var/snap/microk8s/current/args/kubelet, then restart the snap",
			},
			Containerd: Side{
				Edit: Refuse, Own: Warn,
				Overwritten: "made anew at each start from args/containerd-template.toml",
				Lasting:     "/var/snap/microk8s/current/args/containerd-template.toml",
			},
			marks: []string{"/var/snap/microk8s", "/snap/microk8s"},
		},
		// kubernetes/kops 268927e nodeup/pkg/model
		{
			Name: "kOps",
			Kubelet: Side{
				Edit: Refuse, Own: Warn,
				Overwritten: "nodeup writes them anew at each boot (kops-configuration.service)",
				Lasting:     "the cluster's spec: spec.kubelet.featureGates.EventedPLEG: \"true\", then a rolling update",
			},
			Containerd: Side{
				Edit: Refuse, Own: Warn,
				Overwritten: "nodeup writes it anew at each boot",
				Lasting:     "the cluster's spec: spec.containerd",
			},
			marks: []string{
				"/etc/systemd/system/kops-configuration.service", "/lib/systemd/system/kops-configuration.service", "/usr/lib/systemd/system/kops-configuration.service",
				"/opt/kops", "/var/cache/nodeup",
			},
		},
		// kubernetes-sigs/kubespray 46dbdd3 roles/kubernetes/node, roles/container-engine/cri-o/templates/crio.conf.j2
		{
			Name: "Kubespray",
			Kubelet: Side{
				Edit: Warn, Own: Warn,
				Overwritten: "the next run of the playbook renders them from its templates",
				Lasting:     "the inventory: kubelet_feature_gates: [\"EventedPLEG=true\"]",
			},
			CRIO: crioPackages(Fine, "the next run of the playbook renders it from its template"),
			Containerd: Side{
				Edit: Warn, Own: Warn,
				Overwritten: "the next run of the playbook renders it from its template",
				Lasting:     "the inventory, or a file that its imports name",
			},
			marks: []string{"/etc/kubernetes/kubelet.env and /etc/kubernetes/kubelet-config.yaml"},
		},
		// kubernetes/kubernetes v1.37.2 cmd/kubeadm/app/phases/kubelet/config.go,
		// cmd/kubeadm/app/phases/upgrade/postupgrade.go
		{
			Name: "kubeadm",
			Kubelet: Side{
				Edit: Warn, Own: Fine,
				Overwritten: "`kubeadm upgrade node` writes config.yaml anew from the ConfigMap kube-system/kubelet-config, with the patches applied",
				Lasting:     "the ConfigMap kubelet-config for all nodes, the patches directory or instance-config.yaml for one",
			},
			CRIO: crioPackages(Fine, crioUpgrade),
			marks: []string{
				"/var/lib/kubelet/kubeadm-flags.env",
				"/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", "/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
			},
		},
	}
}
