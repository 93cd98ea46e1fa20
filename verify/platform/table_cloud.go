package platform

// cloud are the platforms with nodes that their owner does not manage.
func cloud() []Platform {
	return []Platform{
		// openshift/machine-config-operator 7ff337a templates/*/01-*-container-runtime/_base/files/crio.yaml,
		// docs/MachineConfigDaemon.md
		{
			Name: "OpenShift",
			Kubelet: Side{
				Edit: Refuse, Own: Refuse,
				Overwritten: "the Machine Config Daemon checks its files and marks the node Degraded within seconds of a change",
				Lasting:     "a KubeletConfig or FeatureGate resource; OpenShift has no EventedPLEG there yet (openshift/api#1458)",
			},
			CRIO: Side{
				Edit: Refuse, Own: Warn,
				Overwritten: "the Machine Config Daemon marks the node Degraded when its files change; a file that it does not know is left alone and is lost with the node",
				Lasting:     "a MachineConfig with a CRI-O drop-in; ContainerRuntimeConfig has no field for pod events",
			},
			marks: []string{
				"/etc/machine-config-daemon", "ID=rhcos", "ID=scos",
				"argument --config-dir=/etc/openshift/kubelet.conf.d",
			},
		},
		// siderolabs/talos ad88231
		{
			Name: "Talos Linux",
			Kubelet: Side{
				Edit: Refuse, Own: Refuse,
				Overwritten: "machined renders it from the machine configuration at each boot; the file system is read-only",
				Lasting:     "the machine configuration: machine.kubelet.extraConfig.featureGates.EventedPLEG: true",
			},
			Containerd: Side{
				Edit: Refuse, Own: Refuse,
				Overwritten: "rendered from the machine configuration at each boot",
				Lasting:     "machine.files in the machine configuration, below /etc/cri/conf.d",
			},
			marks: []string{"ID=talos"},
		},
		// bottlerocket-os/bottlerocket-core-kit a10182f
		{
			Name: "Bottlerocket",
			Kubelet: Side{
				Edit: Refuse, Own: Refuse,
				Overwritten: "rendered from the settings at each boot; the file system is read-only",
				Lasting:     "the settings API, which has no feature gates as far as is known",
			},
			Containerd: Side{
				Edit: Refuse, Own: Refuse,
				Overwritten: "rendered from the settings at each boot",
				Lasting:     "the settings API",
			},
			marks: []string{"ID=bottlerocket"},
		},
		// awslabs/amazon-eks-ami 81fec2e nodeadm/internal/kubelet/config.go, nodeadm/internal/containerd/config.go
		{
			Name: "Amazon EKS (Amazon Linux)",
			Kubelet: Side{
				Edit: Refuse, Own: Warn,
				Overwritten: "nodeadm writes them anew at each boot (nodeadm-config.service)",
				Lasting:     "NodeConfig in the node's user data: spec.kubelet.config.featureGates.EventedPLEG: true",
			},
			Containerd: Side{
				Edit: Refuse, Own: Warn,
				Overwritten: "nodeadm writes it anew at each boot, the user's part encoded again",
				Lasting:     "NodeConfig in the node's user data: spec.containerd.config",
			},
			marks: []string{
				"/etc/eks/kubelet/environment", "/etc/systemd/system/nodeadm-config.service", "/usr/lib/systemd/system/nodeadm-config.service",
				"/etc/eks/bootstrap.sh", "argument --config=/etc/kubernetes/kubelet/config.json",
			},
		},
		// Azure/AgentBaker 06836ee parts/linux/cloud-init/artifacts
		{
			Name: "Azure AKS",
			Kubelet: Side{
				Edit: Warn, Own: Warn,
				Overwritten: "provisioning writes them; a node image upgrade or a reimage replaces the whole node",
				Lasting:     "none: AKS has no setting for the kubelet's feature gates",
			},
			Containerd: Side{
				Edit: Warn, Own: Warn,
				Overwritten: "provisioning writes it; a reimage replaces the whole node",
				Lasting:     "none",
			},
			marks: []string{
				"/opt/azure/containers", "/etc/kubernetes/azure.json",
				"/etc/default/kubeletconfig.json and /etc/systemd/system/kubelet.service.d/10-componentconfig.conf",
			},
		},
		// kubernetes/kubernetes v1.37.2 cluster/gce/gci/configure-helper.sh; cilium/cilium 36585e41
		{
			Name: "Google GKE",
			Kubelet: Side{
				Edit: Refuse, Own: Refuse,
				Overwritten: "the boot scripts write them anew, and Container-Optimized OS resets /etc at each boot; nodes are re-created",
				Lasting:     "none on the node: the node pool's own configuration, which has no feature gates",
			},
			Containerd: Side{
				Edit: Refuse, Own: Refuse,
				Overwritten: "Container-Optimized OS resets /etc at each boot; nodes are re-created",
				Lasting:     "the node pool's runtime configuration file",
			},
			marks: []string{"/home/kubernetes/kubelet-config.yaml", "ID=cos and /home/kubernetes"},
		},
	}
}
