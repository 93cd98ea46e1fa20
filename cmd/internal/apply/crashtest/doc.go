// Package crashtest holds tests only: it kills the real program at every system call that
// changes a file, and cuts the power after it, and looks whether `plegctl recover` brings
// the node to exactly the old or exactly the new state. Start with matrix_test.go.
package crashtest
