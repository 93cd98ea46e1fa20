package platform

// local are the platforms for trying Kubernetes out; they use kubeadm.
func local() []Platform {
	return []Platform{
		// kubernetes-sigs/kind fed2688 images/base, pkg/cluster/internal/kubeadm/config.go
		{
			Name: "kind",
			Kubelet: Side{
				Edit: Warn, Own: Fine,
				Overwritten: "the node is a container: re-creating the cluster brings the image's files back",
				Lasting:     "the cluster's configuration: featureGates: {EventedPLEG: true}",
			},
			CRIO: crioPackages(Fine, crioUpgrade),
			Containerd: Side{
				Edit: Warn, Own: Warn,
				Overwritten: "the node is a container: re-creating the cluster brings the image's file back",
				Lasting:     "containerdConfigPatches in the cluster's configuration",
			},
			marks: []string{"/kind/version", "/kind/product_name"},
		},
		// kubernetes/minikube deploy/kicbase, pkg/minikube/cruntime/crio.go
		{
			Name: "minikube",
			Kubelet: Side{
				Edit: Refuse, Own: Warn,
				Overwritten: "each `minikube start` writes them anew",
				Lasting:     "`minikube start --feature-gates=EventedPLEG=true`",
			},
			CRIO: crioPackages(Warn, "`minikube start` rewrites its CRI-O drop-in each time; a file of one's own is lost with the machine"),
			Containerd: Side{
				Edit: Warn, Own: Warn,
				Overwritten: "`minikube start` writes it anew",
				Lasting:     "none",
			},
			marks: []string{"/var/lib/minikube", "argument /var/lib/minikube/binaries/"},
		},
	}
}
