package platform

// Table is all that is known, the platforms that build on others first.
func Table() []Platform {
	return []Platform{
		kind(), minikube(), openshift(), talos(), bottlerocket(),
		eks(), aks(), gke(), k0s(), rke2(), k3s(), microk8s(), kops(), kubespray(), kubeadm(),
	}
}

// Named gives the row of a platform; Plain for a name that is not in the table.
func Named(name Name) Platform {
	for _, p := range Table() {
		if p.Name == name {
			return p
		}
	}
	return plain()
}

func plain() Platform { return Platform{Name: Plain, Title: "no known platform"} }

// crioPackages is CRI-O from its own packages, which keep to one drop-in: 10-crio.conf is
// no %config file of the RPM, so an upgrade puts its own back.
func crioPackages() Side {
	return Side{
		Edit:        Warn,
		Overwritten: "an upgrade of the CRI-O package replaces 10-crio.conf",
		Lasting:     "a CRI-O drop-in of one's own in /etc/crio/crio.conf.d",
	}
}

const crioPackagesSource = "cri-o/packaging 215567ec templates/latest/cri-o/bundle/10-crio.conf, 01bbc164 cri-o.spec"
