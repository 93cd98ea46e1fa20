// Package probe judges a stream of container events: what came, how late, whether events
// are missing, and what the end of the stream means. It opens no stream itself; whoever
// reads one feeds a [Judge]. Memory is bounded whatever the stream brings.
//
// Start with [NewJudge]; [Hazards] says where a second reader does harm.
package probe
