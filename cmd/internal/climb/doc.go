// Package climb observes a node until its place on the evidence ladder is decided, and
// runs the stimulus: one pod sandbox whose events the kubelet must count.
//
// It judges nothing itself; see the package verify. Start with [Climb].
package climb
