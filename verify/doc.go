// Package verify decides what may be said about Evented PLEG on a node. Facts go in (values
// only: what was seen, from where, or why it could not be seen), a verdict comes out: the
// highest rung of the evidence ladder that was seen, a state, the evidence it stands on, and
// what could not be read.
//
// It looks at nothing itself: cmd/internal/node assembles the facts, verify/report renders
// what is decided here. Start with [Facts], [Judge] and [Checks].
package verify
