package node

import (
	"os"

	"golang.org/x/sys/unix"
)

// kernel is the machine that plegctl runs on.
type kernel struct{}

// Privileged reports whether this process runs as root.
func (kernel) Privileged() bool { return os.Geteuid() == 0 }

// ClockSynced asks the kernel whether its clock is disciplined (adjtimex(2), TIME_ERROR).
func (kernel) ClockSynced() (bool, error) {
	var tx unix.Timex
	state, err := unix.Adjtimex(&tx)
	return state != unix.TIME_ERROR, err
}
