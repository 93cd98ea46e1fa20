package node

import (
	"context"
	"strconv"

	"github.com/plegctl/plegctl/e2e/lab/host"
)

// Wire lays a cable between two nodes: an interface on this one, and one on the other.
func (n *Node) Wire(ctx context.Context, own string, other *Node, theirs string) error {
	_, err := host.Run(ctx, host.Command{Name: "nsenter", Args: []string{
		"-t", strconv.Itoa(n.init), "-n", "--",
		"ip", "link", "add", own, "type", "veth", "peer", "name", theirs, "netns", strconv.Itoa(other.init),
	}})
	return err
}
