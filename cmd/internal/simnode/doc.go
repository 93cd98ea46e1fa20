// Package simnode plays a whole node in a temporary folder, without root: a kubelet and a
// container runtime of named versions, their systemd units, their process table, their
// journal and their files. It is what `plegctl demo` runs on and what the tests of the
// commands run on; everything above node.Host works on it unchanged.
//
// Nothing is mocked at the protocol level: CRI is gRPC on a unix socket, the kubelet's ports
// speak HTTP and TLS on the loopback, configuration is read from files when a unit starts,
// and the journal is in journald's export format. What the parts do is told by packages
// runtimesim and kubeletsim. What it does not do: run containers, isolate anything, or
// imitate more of systemd than units, restarts and their proofs.
//
// Start with [New] and [Node.Host].
package simnode
