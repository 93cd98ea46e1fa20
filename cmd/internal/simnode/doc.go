// Package simnode plays a whole node in a temporary directory, without root: a kubelet and
// a container runtime of named versions, their systemd units, their process table, their
// journal and their files. It is what `plegctl demo` and the tests of the commands run on;
// everything above node.Host works on it unchanged.
//
// Nothing is mocked at the protocol level: CRI is gRPC on a unix socket, the kubelet's ports
// speak HTTP and TLS on the loopback, configuration is read from files when a unit starts,
// and the journal is in journald's export format. What the parts do is in packages
// runtimesim and kubeletsim, in tables of their own that are held against recordings of
// real kubelets: it shares no knowledge with the packages that judge a node. What it does
// not do: run containers, isolate anything, or imitate more of systemd than units, restarts
// and their proofs.
//
// Start with [New] and [Node.Host].
package simnode
