// Package node observes one Kubernetes node: it asks systemd, the kubelet, the runtime, the
// journal and the files, and returns [verify.Facts]. It judges nothing and changes nothing.
//
// Start with [Open] and [Observe].
package node
