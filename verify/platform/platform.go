package platform

import "github.com/plegctl/plegctl/verify/known"

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
	// Name is its name in prose.
	Name string
	// Kubelet is the kubelet's side; CRIO and Containerd are the runtimes'. An empty
	// side is that of a daemon that the platform does not bring, or leaves alone.
	Kubelet, CRIO, Containerd Side
	// marks are what it is recognised by; see [seen].
	marks []string
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
