package node

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

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

// ProgramVersion runs the very file that the process has open, also where the one on disk
// was replaced since. No shell, no environment of ours.
func (kernel) ProgramVersion(ctx context.Context, p Process) (string, error) {
	cmd := exec.CommandContext(ctx, fmt.Sprintf("/proc/%d/exe", p.PID), "--version")
	cmd.Env = []string{"LC_ALL=C"}
	cmd.Dir = "/"
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("ask the kubelet's binary for its version: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
