// Package apply executes the steps of a plan. It is the only package that changes a node.
//
// Each step is written ahead into the record with the old bytes, then taken, then marked
// done. A change that fails is undone with the same care, in a context that neither Ctrl-C
// nor a closed terminal ends; what a crash left open is finished or undone by
// [Executor.Recover]. It decides nothing about Evented PLEG and calls nobody back: the plan
// says what to do, and the caller verifies what came of it before it commits. Start with
// [Executor.Begin].
package apply
