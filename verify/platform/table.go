package platform

import "slices"

// Kubeadm is the name of the platform of nodes that kubeadm alone has made.
const Kubeadm = "kubeadm"

// Table is all that is known, the platforms that build on others first. Above each row is
// where its facts were read: repository, commit, file.
func Table() []Platform { return slices.Concat(local(), cloud(), distributions()) }

// crioUpgrade: 10-crio.conf is no %config file of the RPM, so an upgrade puts its own back
// (cri-o/packaging 215567ec templates/latest/cri-o/bundle/10-crio.conf, 01bbc164 cri-o.spec).
const crioUpgrade = "an upgrade of the CRI-O package replaces 10-crio.conf"

// crioPackages is CRI-O from its own packages, which keep to one drop-in.
func crioPackages(own Advice, overwritten string) Side {
	return Side{Edit: Warn, Own: own, Overwritten: overwritten, Lasting: "a CRI-O drop-in of one's own in /etc/crio/crio.conf.d"}
}
