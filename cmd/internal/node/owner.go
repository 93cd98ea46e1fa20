package node

import (
	"context"
	"fmt"
	"net"
	"path"
	"slices"

	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// UnitServes reports, as nil, that a process of the unit holds the other end of a connection.
func (h *Host) UnitServes(ctx context.Context, unit string) func(net.Conn) error {
	return func(conn net.Conn) error {
		u, err := h.Units.Unit(ctx, unit)
		if err != nil {
			return err
		}
		return h.serves(conn, u, procfs.Process{PID: u.MainPID})
	}
}

// servedBy is UnitServes for a process that was found already, in its unit or by its name.
func (h *Host) servedBy(u systemd.Unit, p procfs.Process) func(net.Conn) error {
	return func(conn net.Conn) error { return h.serves(conn, u, p) }
}

func (h *Host) serves(conn net.Conn, u systemd.Unit, p procfs.Process) error {
	peer, err := h.Processes.Peer(conn, p.PID, u.MainPID)
	if err != nil {
		return err
	}
	// The number may have become another user's since it was looked at.
	if peer.UID == 0 && (peer.PID == p.PID || peer.PID == u.MainPID || h.isMember(peer, u)) {
		return nil
	}
	return fmt.Errorf("held by another process: %s", describe(peer))
}

// isMember reports whether p is in the unit's control group.
func (h *Host) isMember(p procfs.Process, u systemd.Unit) bool {
	members, err := h.Processes.InCgroup(u.ControlGroup)
	return err == nil && slices.ContainsFunc(members, func(m procfs.Process) bool { return m.PID == p.PID })
}

// describe names a process by what the kernel says of it.
func describe(p procfs.Process) string {
	if p.Exe == "" {
		return fmt.Sprintf("%d of user %d", p.PID, p.UID)
	}
	return fmt.Sprintf("%d (%s) of user %d", p.PID, path.Base(p.Exe), p.UID)
}
