// Package logread reads a kubelet's log from wherever it is, the journal of this host, of an
// image or of a directory, a file, a pipe, and gives it to a [logscan.Scanner]; also as it
// grows. It decides which entries are asked for and understands nothing of them.
//
// Start with [Flags] and [Reader].
package logread
