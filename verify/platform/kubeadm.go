package platform

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
)

// Lasting is one way to make the feature gate outlive kubeadm's rewriting of the kubelet's
// configuration.
type Lasting struct {
	// Title says what it is, Scope for which nodes it holds.
	Title, Scope string
	// Path is the file to write, empty for an object of the cluster.
	Path string
	// Text is what to write, and Then what to run after it.
	Text, Then string
	// But says where it does not hold; it may be empty.
	But string
}

// KubeadmLasting gives the ways for a kubelet of this version to have EventedPLEG on or
// off for good (kubernetes v1.37.2 cmd/kubeadm/app/phases/kubelet/config.go:
// WriteConfigToDisk applies the patches and /var/lib/kubelet/instance-config.yaml on top of
// the ConfigMap).
func KubeadmLasting(v known.Version, on bool) []Lasting {
	gate := fmt.Sprintf("featureGates:\n  EventedPLEG: %t\n", on)
	ways := []Lasting{
		{
			Title: "the ConfigMap kubelet-config in kube-system", Scope: "all nodes, each at its next `kubeadm upgrade node`",
			Text: gate, Then: "kubectl -n kube-system edit configmap kubelet-config   # below data.kubelet, merged with the gates there",
		},
		{
			Title: "a patch in kubeadm's patches directory", Scope: "this node",
			Path: "/etc/kubernetes/patches/kubeletconfiguration+merge.yaml",
			Text: "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n" + gate,
			Then: "kubeadm upgrade node --patches /etc/kubernetes/patches",
			But:  "counts only while every `kubeadm upgrade` names the directory",
		},
	}
	if v.IsZero() || !v.MinorLess(1, 34) {
		ways = append(ways, Lasting{
			Title: "instance-config.yaml, kubeadm's own patch of this node", Scope: "this node",
			Path: "/var/lib/kubelet/instance-config.yaml", Text: gate,
			Then: "add these lines to the file; kubeadm applies it each time it writes config.yaml",
			But:  "`kubeadm init` and `kubeadm join` write the file anew" + instanceGate(v),
		})
	}
	return ways
}

// instanceGate: kubeadm's feature gate NodeLocalCRISocket is alpha in 1.32, on in 1.34 and
// always on from 1.36.
func instanceGate(v known.Version) string {
	switch {
	case v.IsZero():
		return "; needs kubeadm 1.34 or later"
	case v.MinorLess(1, 36):
		return "; needs kubeadm's feature gate NodeLocalCRISocket, which is on by default"
	}
	return ""
}
