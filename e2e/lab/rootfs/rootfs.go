// Package rootfs makes the root file system that every node starts from: a
// minimal Debian with systemd, D-Bus, journald, runc and sshd, and nothing of a
// node yet. Nodes never write to it; see the package node.
package rootfs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/plegctl/plegctl/e2e/lab/host"
	"github.com/plegctl/plegctl/e2e/lab/store"
)

const suite = "bookworm"

// packages of the node; busybox-static is the only program in the images of its
// pods.
func packages() []string {
	return []string{
		"systemd", "systemd-sysv", "dbus", "libpam-systemd",
		"iproute2", "iptables", "procps", "kmod", "mount",
		"runc", "busybox-static", "openssh-server", "curl", "xz-utils",
	}
}

// revision is raised when tidy below changes what it leaves behind.
const revision = "1"

// Debian returns the directory of the root file system, made with debootstrap when
// the store does not hold it.
func Debian(ctx context.Context, s *store.Store) (string, error) {
	include := strings.Join(packages(), ",")
	name := "debian-" + suite + "-" + store.Key(include, revision)
	return s.Item(ctx, name, func(ctx context.Context, dir string) error {
		_, err := host.Run(ctx, host.Command{
			Name: "debootstrap",
			Args: []string{"--variant=minbase", "--include=" + include, suite, dir, host.Mirror()},
		})
		if err != nil {
			return err
		}
		return tidy(dir)
	})
}

// tidy removes what a fresh node should not inherit, and masks what only slows
// a boot down or would look for hardware and the network.
func tidy(dir string) error {
	for _, gone := range []string{"var/cache/apt/archives", "var/lib/apt/lists", "etc/machine-id", "usr/share/doc", "usr/share/man"} {
		if err := os.RemoveAll(filepath.Join(dir, gone)); err != nil {
			return fmt.Errorf("tidy the root file system: %w", err)
		}
	}
	for _, unit := range []string{
		"apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_all.timer", "fstrim.timer", "dpkg-db-backup.timer",
		"systemd-networkd.service", "systemd-resolved.service", "systemd-timesyncd.service", "e2scrub_reap.service",
		"getty.target", "console-getty.service",
	} {
		path := filepath.Join(dir, "etc/systemd/system", unit)
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("mask %s: %w", unit, err)
		}
		if err := os.Symlink("/dev/null", path); err != nil {
			return fmt.Errorf("mask %s: %w", unit, err)
		}
	}
	return nil
}
