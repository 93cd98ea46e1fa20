// Package plan decides what a change of the node consists of: facts and a goal in, an
// ordered list of steps out, as data that can be printed, compared and rolled back.
//
// It is pure: it reads no file and dials nothing, and it never acts. A dry run is a plan
// that nobody applies. Rolling back is a plan too, made from what the record says was
// there before and what is there now. The package apply takes the steps.
//
// Start with [Enable], [Disable], [Rollback] and [Plan].
package plan
