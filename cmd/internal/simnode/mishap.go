package simnode

import (
	"context"
	"os"
	"path/filepath"

	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// RestartRuntime restarts the runtime below the running kubelet, as `systemctl restart`
// does: the mishap that Evented PLEG does not survive.
func (n *Node) RestartRuntime(ctx context.Context) error {
	_, err := n.units.Do(ctx, systemd.Restart, n.RuntimeUnit())
	return err
}

// RestartKubelet restarts the kubelet.
func (n *Node) RestartKubelet(ctx context.Context) error {
	_, err := n.units.Do(ctx, systemd.Restart, KubeletUnit)
	return err
}

// Kill ends the program of the unit as a crash does; its unit starts it again.
func (n *Node) Kill(unit string) {
	k, d := n.programs()
	switch {
	case unit == KubeletUnit && k != nil:
		k.Kill()
	case unit == n.RuntimeUnit() && d != nil:
		d.Kill()
	}
}

// Freeze makes the program of the unit stand still, as SIGSTOP does, or lets it go on.
func (n *Node) Freeze(unit string, yes bool) {
	k, d := n.programs()
	switch {
	case unit == KubeletUnit && k != nil:
		k.Freeze(yes)
	case unit == n.RuntimeUnit() && d != nil:
		d.Freeze(yes)
	}
}

// WriteFile puts a file on the node as an admin would.
func (n *Node) WriteFile(path, text string) error { return n.write(path, text, 0o644) }

func (n *Node) write(path, text string, mode os.FileMode) error {
	name := filepath.Join(n.rootDir, path)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), mode)
}
