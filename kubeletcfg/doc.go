// Package kubeletcfg knows a kubelet's configuration: where a feature gate or a setting may
// come from, which source wins, whether a kubelet would start with it, and how to change one
// gate without touching another byte.
//
// It opens no file, starts no process and reads no environment: bytes and values in,
// values and errors out. It does not judge whether Evented PLEG works (package verify)
// and knows nothing of container runtimes (package runtimecfg).
//
// Start with [ReadFS], which reads the files that the command line of a kubelet names (see
// verify/start), or with [Read] where the files are at hand. [Editor] edits a file or makes
// a kubelet config drop-in.
//
// What each kubelet version has is in gates.txt, flags.txt and fields.txt, which
// .ci/tools/tablegen makes from the kubelet's source. A version that was not read is not
// known. Not checked are the values that a kubelet refuses only after it has decoded them
// (ranges, combinations), and the flags --register-with-taints and --reserved-memory.
package kubeletcfg
