package platform

import "github.com/plegctl/plegctl/verify/known"

// KubeadmLasting names where the gate must be set too for a kubelet of this version, so
// that it outlives kubeadm's rewriting of config.yaml (kubernetes v1.37.2
// cmd/kubeadm/app/phases/kubelet/config.go: WriteConfigToDisk applies the patches and
// /var/lib/kubelet/instance-config.yaml on top of the ConfigMap). instance-config.yaml needs
// kubeadm's feature gate NodeLocalCRISocket: on in 1.34, always on from 1.36.
func KubeadmLasting(v known.Version) []string {
	places := []string{"the ConfigMap kubelet-config in kube-system", "/etc/kubernetes/patches/kubeletconfiguration+merge.yaml"}
	if v.IsZero() || !v.MinorLess(1, 34) {
		places = append(places, "/var/lib/kubelet/instance-config.yaml")
	}
	return places
}
