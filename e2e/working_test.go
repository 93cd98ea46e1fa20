package e2e

import (
	"strings"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// staticPods reports whether Evented PLEG can harm the node's pods. They come from a URL, so
// by the kubelet's own rule they are static pods, which the design up to 1.36 can start twice.
func staticPods(n *node.Node) bool { return !strings.HasPrefix(n.Spec.Kubelet, "1.37.") }

// working is the state and the exit code of a node on which the event stream is open.
func working(n *node.Node) (state string, code int) {
	if staticPods(n) {
		return "harmful", 3
	}
	return "works", 0
}

// accept is what enable needs on this node.
func accept(n *node.Node) string {
	if staticPods(n) {
		return " --accept-risk static-pods"
	}
	return ""
}
