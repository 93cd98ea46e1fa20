// Package known holds what is known of kubelet and container runtime versions with
// regard to Evented PLEG: since when the feature gate exists, which design a kubelet
// carries, which runtime sends container events and how, which combinations break pods,
// and where a second reader of the event stream does harm.
//
// It is the one table that checks, log signatures and the docs share.
// It looks at nothing: versions in, knowledge out. Start with [Parse], [KubeletAt],
// [RuntimeAt] and [Issues].
package known
