package simnode

import (
	"context"
	"fmt"
	"slices"
)

// machine is the simulated node as its kernel tells of it; see [node.Machine].
type machine struct{ n *Node }

// Privileged reports true: the node is its user's own, whoever that is.
func (machine) Privileged() bool { return true }

// ClockSynced reports true.
func (machine) ClockSynced() (bool, error) { return true, nil }

// Output returns what the stand-in program on the node would print.
func (m machine) Output(_ context.Context, program string, args ...string) ([]byte, error) {
	said, ok := m.n.programs()[program]
	if !ok || !slices.Equal(args, []string{"--version"}) {
		return nil, fmt.Errorf("run %s: no such program on the node", program)
	}
	return []byte(said + "\n"), nil
}
