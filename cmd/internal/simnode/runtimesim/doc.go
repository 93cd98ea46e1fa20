// Package runtimesim plays a container runtime: a real gRPC CRI server on a unix socket
// that behaves as containerd or CRI-O of one named version does, as far as Evented PLEG is
// concerned. It reads the runtime's own configuration when it starts, refuses to start on
// what the real one refuses, sends the container events that the real one sends for each
// action, and treats readers of the event stream as the real one does.
//
// No container ever runs: a container is a row in a [Store] that exits by itself when its
// command is "sleep N". The behaviour follows the sources of containerd v1.6.39, v1.7.34
// and v2.3.4 and of CRI-O v1.25.0 to v1.36.3; each place names the file. Start with [Start].
package runtimesim
