package cmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// In a chroot, as image builders use it, there is no /proc and no systemd; the read-only tree
// is looked at by a user who is not root.
func TestImageInAChroot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can chroot")
	}
	image := exampleImage(t, "kubeadm")
	if err := os.Chmod(image, 0o755); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(filepath.Join(built(t), "plegctl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(image, "plegctl"), program, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		uid  uint32
		args string
		want string
	}{
		{65534, "preflight", ": ready: "},
		{0, "enable --no-record", "files written"},
		{65534, "status", "configured for the next boot"},
		{65534, "verify", "configured for the next boot"},
		{0, "disable", "files written"},
	} {
		verb := exec.Command("/plegctl", append(strings.Fields(c.args), "--root", "/./")...)
		verb.Env, verb.Dir = []string{}, "/"
		verb.SysProcAttr = &syscall.SysProcAttr{Chroot: image, Credential: &syscall.Credential{Uid: c.uid, Gid: c.uid}}
		if out, err := verb.CombinedOutput(); err != nil || !strings.Contains(string(out), c.want) {
			t.Errorf("plegctl %s: %v\n%s", c.args, err, out)
		}
	}
}
