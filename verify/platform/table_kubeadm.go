package platform

func kubeadm() Platform {
	return Platform{
		Name: Kubeadm, Title: "kubeadm",
		Kubelet: Side{
			Edit: Warn, Own: Fine,
			Overwritten: "`kubeadm upgrade node` writes config.yaml anew from the ConfigMap kube-system/kubelet-config, with the patches applied",
			Lasting:     "the ConfigMap kubelet-config for all nodes, the patches directory or instance-config.yaml for one",
		},
		CRIO:    crioPackages(),
		Sources: []string{"kubernetes/kubernetes v1.37.2 cmd/kubeadm/app/phases/kubelet/config.go, cmd/kubeadm/app/phases/upgrade/postupgrade.go", crioPackagesSource},
		marks: []mark{
			path("/var/lib/kubelet/kubeadm-flags.env"),
			path("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf"), path("/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf"), path("/lib/systemd/system/kubelet.service.d/10-kubeadm.conf"),
		},
	}
}

func kind() Platform {
	return Platform{
		Name: Kind, Title: "kind",
		Kubelet: Side{
			Edit: Warn, Own: Fine,
			Overwritten: "the node is a container: re-creating the cluster brings the image's files back",
			Lasting:     "the cluster's configuration: featureGates: {EventedPLEG: true}",
		},
		CRIO: crioPackages(),
		Containerd: Side{
			Edit: Warn, Own: Warn,
			Overwritten: "the node is a container: re-creating the cluster brings the image's file back",
			Lasting:     "containerdConfigPatches in the cluster's configuration",
		},
		Sources: []string{"kubernetes-sigs/kind fed2688 images/base, pkg/cluster/internal/kubeadm/config.go"},
		marks:   []mark{path("/kind/version"), path("/kind/product_name")},
	}
}

func minikube() Platform {
	side := crioPackages()
	side.Own = Warn
	side.Overwritten = "`minikube start` rewrites its CRI-O drop-in each time; a file of one's own is lost with the machine"
	return Platform{
		Name: Minikube, Title: "minikube",
		Kubelet: Side{
			Edit: Refuse, Own: Warn,
			Overwritten: "each `minikube start` writes them anew",
			Lasting:     "`minikube start --feature-gates=EventedPLEG=true`",
		},
		CRIO: side,
		Containerd: Side{
			Edit: Warn, Own: Warn,
			Overwritten: "`minikube start` writes it anew",
			Lasting:     "none",
		},
		Sources: []string{"kubernetes/minikube deploy/kicbase, pkg/minikube/cruntime/crio.go"},
		marks:   []mark{path("/var/lib/minikube"), argument("/var/lib/minikube/binaries/")},
	}
}
