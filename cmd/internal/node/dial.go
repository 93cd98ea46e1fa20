package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/cri"
)

// DialRuntime prepares a client for a CRI endpoint that talks only to a runtime of root's:
// the process that listens there is in one of the units or is systemd itself, or only root
// can have started it.
func (h *Host) DialRuntime(ctx context.Context, endpoint string, units ...string) (*RuntimeClient, error) {
	path, ok := strings.CutPrefix(endpoint, "unix://")
	if !ok && !strings.HasPrefix(endpoint, "/") {
		return nil, fmt.Errorf("the CRI endpoint %s is not a unix socket", endpoint)
	}
	socket, closer, err := h.Root.Socket(path)
	if err != nil {
		return nil, err
	}
	client, err := cri.Dial(socket, func(conn net.Conn) error { return h.runtimeServes(ctx, conn, units) })
	if err != nil {
		return nil, errors.Join(err, closer())
	}
	return &RuntimeClient{client, closer}, nil
}

// RuntimeClient is a client and the short path under which it finds its socket.
type RuntimeClient struct {
	*cri.Client
	closer func() error
}

// Close ends the client and releases the path of its socket.
func (c *RuntimeClient) Close() error { return errors.Join(c.Client.Close(), c.closer()) }

// runtimeServes reports, as nil, that a runtime of root's is at the other end (see DialRuntime).
func (h *Host) runtimeServes(ctx context.Context, conn net.Conn, units []string) error {
	peer, err := h.Processes.Peer(conn)
	if err != nil {
		return err
	}
	// systemd listens for a unit that is started by its socket.
	if peer.UID == 0 && peer.PID == 1 {
		return nil
	}
	untrusted := h.Processes.Trusted(peer)
	if untrusted == nil {
		return nil
	}
	for _, name := range units {
		u, err := h.Units.Unit(ctx, name)
		if err == nil && peer.UID == 0 && (peer.PID == u.MainPID || h.isMember(peer, u)) {
			return nil
		}
	}
	return fmt.Errorf("the socket belongs to another process: %s: %w", describe(peer), untrusted)
}
