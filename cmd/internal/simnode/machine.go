package simnode

import (
	"context"
	"fmt"
	"path"

	"github.com/plegctl/plegctl/cmd/internal/node"
)

// machine is the simulated node as its kernel tells of it; see [node.Machine].
type machine struct{ n *Node }

// Privileged reports true: the node is its user's own, whoever that is.
func (machine) Privileged() bool { return true }

// ClockSynced reports true.
func (machine) ClockSynced() (bool, error) { return true, nil }

// ProgramVersion returns what the stand-in program on the node would print.
func (m machine) ProgramVersion(_ context.Context, p node.Process) (string, error) {
	said, ok := m.n.programs()[p.Exe]
	if !ok {
		return "", fmt.Errorf("run %s --version: no such program on the node", path.Base(p.Exe))
	}
	return said, nil
}
