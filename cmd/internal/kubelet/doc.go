// Package kubelet asks a running kubelet on this node: /healthz, /configz and /metrics. It
// knows the access methods for the two protected ones (a kubeconfig, a token, the read-only port)
// and says of each how it went, because "403 for the node's own certificate" is an answer
// that an operator can do something about.
//
// It judges nothing, and it never sends a token to a peer that is neither verified nor on
// this machine. Start with [Target], [Ask] and [ParseMetrics].
package kubelet
