package platform

// What `kubeadm join` does (kubernetes v1.37.2 cmd/kubeadm/app). The target
// kubeletconfiguration of patches exists from 1.25 on, before the gate does.
const (
	// KubeadmBootstrap is the credential that the unit of kubeadm's packages names for a node
	// that has not joined (constants.go).
	KubeadmBootstrap = "/etc/kubernetes/bootstrap-kubelet.conf"
	// KubeadmPatches is where patches usually lie: kubeadm has no such default, `--patches` names
	// the directory.
	KubeadmPatches = "/etc/kubernetes/patches"
	// KubeadmPatch is the name of a merge patch of ours: target, suffix, type (util/patches).
	KubeadmPatch = "kubeletconfiguration99-plegctl+merge.yaml"
	// KubeadmKind makes a patch a configuration.
	KubeadmKind = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
	// KubeadmDefaults are what kubeadm sets where the cluster does not
	// (componentconfigs/kubelet.go), as far as it counts here.
	KubeadmDefaults = KubeadmKind + "staticPodPath: /etc/kubernetes/manifests\n"
)
