// Package kubeletcfg is what we know of a kubelet's configuration text: where a feature
// gate or a setting may come from, which source wins, whether a kubelet would start with
// it, and how to change one gate without touching another byte.
//
// It opens no file, starts no process and reads no environment: bytes and values in,
// values and errors out. It does not judge whether Evented PLEG works (package verify)
// and knows nothing of container runtimes (package runtimecfg).
//
// Start with [Effective] to learn a gate's value and who set it, with [SetGate] and
// [RemoveGate] to edit a file, with [DropInText] and [DropInName] to add a kubelet config
// drop-in of our own, and with [ParseUnit] and [CommandLineOf] to find the kubelet's flags.
package kubeletcfg
