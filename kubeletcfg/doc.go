// Package kubeletcfg is what we know of a kubelet's configuration text: where a feature
// gate or a setting may come from, which source wins, whether a kubelet would start with
// it, and how to change one gate without touching another byte.
//
// It opens no file, starts no process and reads no environment: bytes and values in,
// values and errors out. It does not judge whether Evented PLEG works (package verify)
// and knows nothing of container runtimes (package runtimecfg).
//
// Start with [Read], which answers for all sources together ([Effective] is the short way
// for one gate), with [SetGate] and [RemoveGate] to edit a file ([File] for drop-ins and
// kubeadm files), with [DropIn] and [DropInName] to add a kubelet config drop-in of our
// own, and with [CommandLineOf], the flags of a kubelet whose start verify/start has resolved.
//
// What a kubelet version knows of its gates is in gates.txt, which internal/gategen made
// from the kubelet's source. A gate or version that was not read is "not known".
package kubeletcfg
