// Package journal reads the system journal of this host, or of a directory that holds one,
// as a stream of [logscan.Entry].
//
// It does so through the node's own journalctl, in the journal export format: that program
// always knows the files that its journald wrote, and this one stays a static binary
// (docs/performance.md has the measurements). It understands nothing of what it reads;
// package logscan does. Start with [System].
package journal
