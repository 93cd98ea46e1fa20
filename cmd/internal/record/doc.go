// Package record keeps what plegctl changed on a node, written ahead of the change, so that
// after a kill at any point the node can be brought back, and so that an operator can read
// who changed what, when, why and how it ended.
//
// Each transaction is one file of JSON lines in the state directory (mode 0700, files 0600: old
// bytes of a kubelet's config may be secret). Every line carries a checksum that covers the
// line before it, so a torn or edited file is noticed; an index beside the records says how
// each ended, so that one that was cut off, emptied or removed differs from an interrupted
// change. A torn last line has no newline; all else is damage and never guessed at. The order is always: intent with the
// old bytes, fsync, act, done.
//
// It does not touch the node's own files; see the package apply for that. Start with
// [Open], [Store.Begin] and [Store.List].
package record
