package node

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/plegctl/plegctl/e2e/lab/host"
)

// sshKey makes the key with which the suite logs in as root.
func (n *Node) sshKey(ctx context.Context) error {
	key := n.keyFile()
	if _, err := host.Run(ctx, host.Command{Name: "ssh-keygen", Args: []string{"-q", "-t", "ed25519", "-N", "", "-f", key}}); err != nil {
		return err
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		return fmt.Errorf("read the public key: %w", err)
	}
	if err := n.give("/root/.ssh/authorized_keys", file{string(public), 0o600}); err != nil {
		return err
	}
	return os.Chmod(n.upper("/root/.ssh"), 0o700)
}

func (n *Node) keyFile() string { return filepath.Join(n.directory, "key") }

// SSH runs a line of shell in a session of the node's own sshd, as an operator
// does from afar. Only the client's network is the node's. With terminal the
// session gets a pseudo-terminal.
func (n *Node) SSH(ctx context.Context, terminal bool, line string) Output {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	return finish(n.sshCommand(ctx, terminal, line), line)
}

// StartSSH is [Node.SSH] without waiting; see [Running.Kill].
func (n *Node) StartSSH(ctx context.Context, terminal bool, line string) *Running {
	return start(n.sshCommand(ctx, terminal, line), line)
}

func (n *Node) sshCommand(ctx context.Context, terminal bool, line string) *exec.Cmd {
	args := []string{
		"-t", strconv.Itoa(n.init), "-n", "--", "ssh", "-F", "none", "-i", n.keyFile(), "-o", "BatchMode=yes",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
	}
	if terminal {
		args = append(args, "-tt")
	}
	return group(exec.CommandContext(ctx, "nsenter", append(args, "root@127.0.0.1", line)...))
}
