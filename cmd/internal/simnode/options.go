package simnode

import (
	"fmt"
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

// MetricsAccess is who may read the kubelet's metrics and configz.
type MetricsAccess string

// The ways in. In all but [AccessOpen] the kubelet wants a credential, and the node's own
// certificate is refused with 403.
const (
	// AccessAdmin: /etc/kubernetes/admin.conf lies on the node, as on a control plane.
	AccessAdmin MetricsAccess = "admin"
	// AccessForbidden: nothing on the node has the right.
	AccessForbidden MetricsAccess = "forbidden"
	// AccessToken: a token that may is in [Node.TokenFile].
	AccessToken MetricsAccess = "token"
	// AccessReadOnlyPort: the read-only port is open.
	AccessReadOnlyPort MetricsAccess = "readonly-port"
	// AccessOpen: the kubelet asks nobody who he is.
	AccessOpen MetricsAccess = "open"
)

// Workload is the pod that makes a steady trickle of container events.
type Workload string

// The workloads: one pod whose container exits every few seconds, or none.
const (
	WorkloadNone      Workload = ""
	WorkloadStatic    Workload = "static"
	WorkloadDaemonSet Workload = "daemonset"
)

// Options describe a node. The zero value is kubelet 1.36.3 on containerd 2.4.2 with the
// gate not mentioned anywhere.
type Options struct {
	// Kubelet and RuntimeVersion are versions, "1.36.3"; Runtime is "containerd" or
	// "cri-o".
	Kubelet, Runtime, RuntimeVersion string
	// Dir is an empty folder for the node's files; a temporary one is made (and removed
	// by Close) where it is empty. It should be short: socket paths end at 107 bytes.
	Dir string
	// Gate writes EventedPLEG into the kubelet's file; nil leaves it unset.
	Gate *bool
	// PodEvents turns CRI-O's pod events on by a CRI-O drop-in of an admin.
	PodEvents bool
	// Verbosity and LogFormat ("text", "json") go into the kubelet's file.
	Verbosity int
	LogFormat string
	Access    MetricsAccess
	Workload  Workload
	// WorkloadLife is how long the pod's container lives, in the node's seconds; 0 is 7.
	WorkloadLife float64
	// InitContainers is how many init containers that pod has.
	InitContainers int
	// Second is how long one of the node's seconds lasts; 0 is a real one.
	Second time.Duration
	// Files are written over the node's own before anything starts: path to text.
	Files map[string]string
	// Stopped leaves the units stopped.
	Stopped bool
}

func (o *Options) complete() error {
	set := func(field *string, otherwise string) {
		if *field == "" {
			*field = otherwise
		}
	}
	set(&o.Kubelet, "1.36.3")
	set(&o.Runtime, string(known.Containerd))
	o.Runtime = string(known.RuntimeNamed(o.Runtime))
	switch known.RuntimeName(o.Runtime) {
	case known.Containerd:
		set(&o.RuntimeVersion, "2.4.2")
	case known.CRIO:
		set(&o.RuntimeVersion, "1.34.11")
	default:
		return fmt.Errorf("simulate a node: unknown runtime %q, use containerd or cri-o", o.Runtime)
	}
	set(&o.LogFormat, "text")
	set((*string)(&o.Access), string(AccessAdmin))
	if o.Second <= 0 {
		o.Second = time.Second
	}
	if o.WorkloadLife <= 0 {
		o.WorkloadLife = 7
	}
	return nil
}
