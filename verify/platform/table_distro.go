package platform

func k0s() Platform {
	return Platform{
		Name: K0s, Title: "k0s",
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
		Sources: []string{"k0sproject/k0s dff90ce docs/runtime.md"},
		marks: []mark{
			head("/etc/k0s/containerd.toml", "k0s_managed=true"), path("/etc/k0s"), path("/var/lib/k0s"),
			path("/etc/systemd/system/k0sworker.service"), path("/etc/systemd/system/k0scontroller.service"),
		},
	}
}

func k3s() Platform {
	return Platform{
		Name: K3s, Title: "K3s",
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
		Sources: []string{"k3s-io/k3s 06ea261c pkg/daemons/agent/agent_linux.go, pkg/agent/containerd/config.go"},
		marks: []mark{
			path("/etc/rancher/k3s"), path("/var/lib/rancher/k3s/agent"), path("/etc/systemd/system/k3s.service"), path("/etc/systemd/system/k3s-agent.service"),
		},
	}
}

func rke2() Platform {
	return Platform{
		Name: RKE2, Title: "RKE2",
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
		Sources: []string{"k3s-io/k3s 06ea261c pkg/agent/containerd/config.go", "rancher/rke2#1681"},
		marks: []mark{
			path("/etc/rancher/rke2"), path("/var/lib/rancher/rke2/agent"), path("/usr/local/lib/systemd/system/rke2-agent.service"), path("/usr/local/lib/systemd/system/rke2-server.service"),
			path("/usr/lib/systemd/system/rke2-agent.service"), path("/usr/lib/systemd/system/rke2-server.service"),
		},
	}
}

func microk8s() Platform {
	return Platform{
		Name: MicroK8s, Title: "MicroK8s",
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
		Sources: []string{"canonical/microk8s d099c90 microk8s-resources/default-args"},
		marks:   []mark{path("/var/snap/microk8s"), path("/snap/microk8s")},
	}
}

func kops() Platform {
	return Platform{
		Name: Kops, Title: "kOps",
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
		Sources: []string{"kubernetes/kops 268927e nodeup/pkg/model"},
		marks: []mark{
			path("/etc/systemd/system/kops-configuration.service"), path("/lib/systemd/system/kops-configuration.service"), path("/usr/lib/systemd/system/kops-configuration.service"),
			path("/opt/kops"), path("/var/cache/nodeup"),
		},
	}
}

func kubespray() Platform {
	side := crioPackages()
	side.Overwritten = "the next run of the playbook renders it from its template"
	side.Lasting = "a CRI-O drop-in of one's own in /etc/crio/crio.conf.d"
	return Platform{
		Name: Kubespray, Title: "Kubespray",
		Kubelet: Side{
			Edit: Warn, Own: Warn,
			Overwritten: "the next run of the playbook renders them from its templates",
			Lasting:     "the inventory: kubelet_feature_gates: [\"EventedPLEG=true\"]",
		},
		CRIO: side,
		Containerd: Side{
			Edit: Warn, Own: Warn,
			Overwritten: "the next run of the playbook renders it from its template",
			Lasting:     "the inventory, or a file that its imports name",
		},
		Sources: []string{"kubernetes-sigs/kubespray 46dbdd3 roles/kubernetes/node, roles/container-engine/cri-o/templates/crio.conf.j2"},
		marks:   []mark{all(path("/etc/kubernetes/kubelet.env"), path("/etc/kubernetes/kubelet-config.yaml"))},
	}
}
