// Package logscan turns the entries of a kubelet's log into findings about Evented PLEG:
// which kubelet ran, whether the gate was on and where that was seen, which container
// events arrived, how often the event stream failed, whether the kubelet fell back to
// polling, and what a log of this verbosity cannot show.
//
// It opens nothing and has no clock: entries come in one by one, a report comes out, in
// constant memory. Who wrote an entry counts: see [Entry]. It does not judge a node; package
// verify weighs the log against other evidence.
//
// Start with [Read] and [Scanner]. messages_table.go is the table of all messages: to add
// one, add a row.
package logscan
