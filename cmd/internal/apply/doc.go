// Package apply takes the steps of a plan. It is the only package that changes a node.
//
// Each step is written ahead into the record with the old bytes, then taken, then marked
// done. What fails is rolled back with the same care, in a context that neither Ctrl-C nor
// a closed terminal ends; what a crash left open is finished or taken back by [Machine.Recover].
// It decides nothing about Evented PLEG: the plan says what to do, and a function that it
// is given says whether the node is well afterwards. Start with [Machine.Run].
package apply
