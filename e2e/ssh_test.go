package e2e

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// An operator over SSH: the static binary is on the node, and every command
// runs in a session of the node's own sshd.
func TestSSH(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before, container := look(t, n), steadyContainer(t, n)
	ssh := func(code int, args string) answer {
		t.Helper()
		return decode(t, n.SSH(t.Context(), false, "plegctl -o json "+args), code)
	}
	ssh(0, "status").want(t, "off")
	ssh(10, "plan --exit-code")
	ssh(0, "enable --reason 'over SSH'").want(t, "works").wantChanged(t, true)
	ssh(0, "verify --level proven --stimulus").wantRung(t, "proven")
	ssh(0, "history").says(t, "over SSH")
	ssh(0, "rollback").want(t, "off")
	unharmed(t, n, before, container)
}

// The connection is cut in the middle of the change: the change goes on to its
// end without it, with a terminal and without.
func TestSSHCut(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before, container := look(t, n), steadyContainer(t, n)
	for _, terminal := range []bool{true, false} {
		session := n.StartSSH(t.Context(), terminal, "plegctl enable --reason 'cut off'")
		await(t, time.Minute, "the change has begun", func(ctx context.Context) error {
			_, err := n.Must(ctx, "grep -q 'EventedPLEG: true' "+node.KubeletConfig)
			return err
		})
		session.Kill()
		session.Wait()
		await(t, 2*time.Minute, "plegctl has come to its end", func(ctx context.Context) error {
			if n.Run(ctx, "pgrep -x plegctl").Code == 0 {
				return errors.New("it still runs")
			}
			return nil
		})
		plegctl(t, n, 0, "recover").wantChanged(t, false)
		plegctl(t, n, 0, "status").want(t, "works")
		plegctl(t, n, 0, "history").says(t, "cut off", "committed")
		plegctl(t, n, 0, "rollback").want(t, "off")
		unharmed(t, n, before, container)
	}
}
