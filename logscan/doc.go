// Package logscan turns entries of the kubelet's log into findings about Evented PLEG:
// which kubelet ran, whether the gate was on and where that was seen, which container
// events arrived, how often the event stream failed, whether the kubelet fell back to
// polling, and what a log of this verbosity cannot say.
//
// It opens nothing and knows no clock: entries come in one by one, a report comes out, in
// constant memory. It does not judge a node; package verify weighs the log against other
// evidence. Start with [Scanner]; signatures.go is the table of all messages it knows.
package logscan
