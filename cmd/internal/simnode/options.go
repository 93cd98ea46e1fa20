package simnode

import (
	"cmp"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/simnode/kubeletsim"
	"github.com/plegctl/plegctl/cmd/internal/simnode/runtimesim"
)

// MetricsAccess is who may read the kubelet's metrics and configz.
type MetricsAccess string

// The access methods: /etc/kubernetes/admin.conf lies on the node, as on a control plane;
// nothing on the node has the right; a token in [Node.TokenFile] has it; the read-only port
// is open.
const (
	AccessAdmin        MetricsAccess = "admin"
	AccessForbidden    MetricsAccess = "forbidden"
	AccessToken        MetricsAccess = "token"
	AccessReadOnlyPort MetricsAccess = "readonly-port"
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
	// Kubelet and RuntimeVersion are versions, "1.36.3"; Runtime is "containerd" or "cri-o".
	Kubelet, Runtime, RuntimeVersion string
	// KnowsKey makes it a containerd that has the key enable_pod_events.
	KnowsKey bool
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
	// Second is how long one of the node's seconds lasts; 0 is a real one.
	Second time.Duration
	// Age is how long the node has been up by its own clock, which is then ahead of the
	// machine's: for what is only judged some time after a start.
	Age time.Duration
	// Files are written over the node's own before anything starts: path to text.
	Files map[string]string
	// Stopped leaves the units stopped.
	Stopped bool
}

func (o *Options) complete() error {
	o.Kubelet, o.LogFormat, o.Access = cmp.Or(o.Kubelet, "1.36.3"), cmp.Or(o.LogFormat, "text"), cmp.Or(o.Access, AccessAdmin)
	o.Second, o.WorkloadLife = cmp.Or(o.Second, time.Second), cmp.Or(o.WorkloadLife, 7)
	switch o.Runtime {
	case "", runtimesim.Containerd:
		o.Runtime, o.RuntimeVersion = runtimesim.Containerd, cmp.Or(o.RuntimeVersion, "2.4.2")
	case "crio", runtimesim.CRIO:
		o.Runtime, o.RuntimeVersion = runtimesim.CRIO, cmp.Or(o.RuntimeVersion, "1.34.11")
	default:
		return fmt.Errorf("unknown runtime %q, use containerd or cri-o", o.Runtime)
	}
	return kubeletsim.Check(o.Kubelet)
}
