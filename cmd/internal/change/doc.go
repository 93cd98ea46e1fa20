// Package change is the flow of a change: take the lock, recover what a crash left, observe,
// decide, execute, verify, commit or roll back; and of what belongs to it: confirm, recover,
// history. It is the only package that knows the whole of it, and it calls nobody back.
//
// What is observed is node's, what is decided is plan's, what is executed is apply's. Start
// with [Run], [Plan] and [Recover].
package change
