package platform

import "github.com/plegctl/plegctl/verify/known"

// Name is how a platform is called in reports and settings.
type Name string

// The platforms of the table. Plain is a node on which none was recognised.
const (
	Kind         Name = "kind"
	Minikube     Name = "minikube"
	OpenShift    Name = "openshift"
	Talos        Name = "talos"
	Bottlerocket Name = "bottlerocket"
	EKS          Name = "eks"
	AKS          Name = "aks"
	GKE          Name = "gke"
	K0s          Name = "k0s"
	RKE2         Name = "rke2"
	K3s          Name = "k3s"
	MicroK8s     Name = "microk8s"
	Kops         Name = "kops"
	Kubespray    Name = "kubespray"
	Kubeadm      Name = "kubeadm"
	Plain        Name = "plain"
)

// Advice is what to do about a change that plegctl would make.
type Advice int

const (
	// Fine means that the change stays until somebody changes it.
	Fine Advice = iota
	// Warn means that the change works and stays for a while; what ends it is known.
	Warn
	// Refuse means that the change is lost at the next start or boot, or degrades the node.
	Refuse
)

// String is the advice as a word.
func (a Advice) String() string {
	switch a {
	case Warn:
		return "warn"
	case Refuse:
		return "refuse"
	}
	return "fine"
}

// Side is one daemon's configuration on a platform.
type Side struct {
	// Edit is the advice on changing the files that the platform writes; Own on adding a
	// drop-in of our own to a directory that the daemon reads already.
	Edit, Own Advice
	// Overwritten says by what and when; empty where nothing does.
	Overwritten string
	// Lasting is where the setting belongs instead.
	Lasting string
}

// Platform is one row of the table.
type Platform struct {
	Name Name
	// Title is its name in prose.
	Title string
	// Kubelet is the kubelet's side; CRIO and Containerd are the runtimes'. An empty
	// side is that of a daemon that the platform does not bring, or leaves alone.
	Kubelet, CRIO, Containerd Side
	// Sources are where the facts were read: repository, file, commit.
	Sources []string

	marks []mark
}

// Runtime is the side of the container runtime of that name; empty for an unknown one.
func (p Platform) Runtime(name known.RuntimeName) Side {
	switch name {
	case known.CRIO:
		return p.CRIO
	case known.Containerd:
		return p.Containerd
	}
	return Side{}
}

// Worst is the stronger of two advices.
func Worst(a, b Advice) Advice { return max(a, b) }
