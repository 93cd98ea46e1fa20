// Package start answers one question: how is a daemon started? From the text of units and
// argument files it returns one [Command]: the program, its arguments and its environment,
// each word with the place where it is written, and the working directory. Where a script
// or an unknown starter hides the rest, the command ends in a [Limit] that says so.
//
// It knows no daemon: callers name the unit and the programs that they look for.
package start
