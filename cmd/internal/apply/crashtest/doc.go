// Package crashtest holds tests only. On an image it kills the real program at every system
// call that changes a file, and cuts the power after it (matrix_linux_test.go). On a simulated
// node that runs it kills, stops and blocks plegctl's processes at every call that changes
// the node, and lets their calls fail (livematrix_linux_test.go). Afterwards the node must be
// exactly old or exactly new.
package crashtest
