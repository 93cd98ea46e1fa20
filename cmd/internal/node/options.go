package node

import (
	"time"

	"github.com/plegctl/plegctl/verify"
)

// Options say where to look, and what the operator states that cannot be seen.
type Options struct {
	// KubeletUnit is the unit of the kubelet; RuntimeUnit that of the runtime, "" to find it.
	KubeletUnit, RuntimeUnit string
	// RuntimeEndpoint is the CRI endpoint, "" to take the kubelet's.
	RuntimeEndpoint string
	// KubeletVersion, Runtime and RuntimeVersion are stated by the operator; what a running
	// process says counts more.
	KubeletVersion, Runtime, RuntimeVersion string
	// Kubeconfig and TokenFile are files on this machine, whatever the root of the node.
	Kubeconfig, TokenFile string
	// StateDir is plegctl's own directory on the node.
	StateDir string
	// Own is what the record says; the caller has read it.
	Own verify.Own
	// Earlier is a scrape of an observation before, so that growth can be seen.
	Earlier verify.Fact[verify.Metrics]
	// Quick leaves out what costs time and is needed before a change only: disks, clock, the
	// API server.
	Quick bool
	// Limit bounds the observation; 0 means [lifecycle.Observation].
	Limit time.Duration
}
