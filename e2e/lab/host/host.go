package host

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// WhyNot says why this machine cannot carry nodes; empty means that it can.
func WhyNot() string {
	if runtime.GOOS != "linux" {
		return "the nodes need Linux, this is " + runtime.GOOS
	}
	if os.Geteuid() != 0 {
		return "the nodes need root: namespaces, cgroups and mounts"
	}
	if _, err := os.Stat("/etc/debian_version"); err != nil {
		return "the suite installs what it needs with apt-get, and this is not Debian"
	}
	if _, err := exec.LookPath("go"); err != nil {
		return "the suite builds kubelets, and there is no go command"
	}
	return ""
}

// tools are the programs used on the host and the Debian package of each.
func tools() map[string]string {
	return map[string]string{
		"debootstrap":    "debootstrap",
		"systemd-nspawn": "systemd-container",
		"ip":             "iproute2",
		"make":           "make",
		"ssh":            "openssh-client",
		"ssh-keygen":     "openssh-client",
		"nsenter":        "util-linux",
		"unshare":        "util-linux",
	}
}

// Install installs the missing tools. It asks the network nothing when none is
// missing.
func Install(ctx context.Context) error {
	var missing []string
	for program, pkg := range tools() {
		if _, err := exec.LookPath(program); err != nil && !slices.Contains(missing, pkg) {
			missing = append(missing, pkg)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	env := []string{"DEBIAN_FRONTEND=noninteractive"}
	if _, err := Run(ctx, Command{Name: "apt-get", Args: []string{"update"}, Env: env}); err != nil {
		return fmt.Errorf("refresh the package lists: %w", err)
	}
	args := append([]string{"install", "-y", "--no-install-recommends"}, missing...)
	if _, err := Run(ctx, Command{Name: "apt-get", Args: args, Env: env}); err != nil {
		return fmt.Errorf("install %s: %w", strings.Join(missing, " "), err)
	}
	return nil
}
