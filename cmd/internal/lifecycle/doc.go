// Package lifecycle owns how long things may take and how they end: the contexts of a
// command, the signals that end them, the one table of time bounds, and the progress lines
// that nobody has to read for the work to go on.
//
// Start with [WithSignals], [IgnoreHangup], [Bounds] and [NewProgress].
package lifecycle
