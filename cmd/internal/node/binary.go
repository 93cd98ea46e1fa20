package node

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// binaryVersion runs the program of a running kubelet with --version: the very file that
// the process has open, also where the one on disk was replaced since. No shell, no
// environment of ours.
func binaryVersion(ctx context.Context, p Process) (string, error) {
	cmd := exec.CommandContext(ctx, fmt.Sprintf("/proc/%d/exe", p.PID), "--version")
	cmd.Env = []string{"LC_ALL=C"}
	cmd.Dir = "/"
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("ask the kubelet's binary for its version: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
