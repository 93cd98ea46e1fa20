package procfs

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/hint"
)

// Peer is the process at the other end of a connection to this machine: for a unix socket the
// one that called listen(2), for TCP one that holds the accepted connection. Its UID is the
// user who did that, whatever the process has become since. Processes in likely are looked at
// first. A TCP peer that has not accepted the connection has no process yet, so ask after its
// first answer.
func (t Table) Peer(conn net.Conn, likely ...int) (Process, error) {
	pid, uid, err := t.peer(conn, likely)
	if err != nil {
		return Process{}, fmt.Errorf("find the process that serves %s: %w", conn.RemoteAddr(), err)
	}
	// It may have become another program, or ended and left its number to another.
	p, err := t.Process(pid)
	p.UID = uid
	return p, err
}

func (t Table) peer(conn net.Conn, likely []int) (pid, uid int, err error) {
	if unixConn, ok := conn.(*net.UnixConn); ok {
		return unixPeer(unixConn)
	}
	local, err := netip.ParseAddrPort(conn.LocalAddr().String())
	if err != nil {
		return 0, 0, err
	}
	remote, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return 0, 0, err
	}
	inode, uid, err := t.serverSocket(remote, local)
	if err != nil {
		return 0, 0, err
	}
	pid, err = t.holder(inode, likely)
	return pid, uid, err
}

// unixPeer is SO_PEERCRED: the kernel noted who listens, and nobody can forge it (unix(7)).
func unixPeer(conn *net.UnixConn) (pid, uid int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, 0, err
	}
	var credentials *unix.Ucred
	var asked error
	err = raw.Control(func(fd uintptr) {
		credentials, asked = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err := errors.Join(err, asked); err != nil {
		return 0, 0, err
	}
	if credentials.Pid == 0 {
		return 0, 0, errors.New("it is outside our PID namespace")
	}
	return int(credentials.Pid), int(credentials.Uid), nil
}

// serverSocket is the inode of the connected TCP socket whose own address is server, and the
// user who accepted it. The socket is looked up in our own network namespace, where the
// connection was made.
func (t Table) serverSocket(server, client netip.AddrPort) (inode string, uid int, err error) {
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile(filepath.Join(t.dir, "self/net", table))
		if errors.Is(err, os.ErrNotExist) {
			continue // no IPv6 here
		}
		if err != nil {
			return "", 0, err
		}
		for line := range strings.Lines(string(text)) {
			// sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
			f := strings.Fields(line)
			if len(f) < 10 || f[9] == "0" || !sameSocket(f[1], server) || !sameSocket(f[2], client) {
				continue
			}
			uid, err := strconv.Atoi(f[7])
			return f[9], uid, err
		}
	}
	return "", 0, errors.New("no process of this machine has accepted the connection")
}

// holder finds a process with the socket among its open files.
func (t Table) holder(inode string, likely []int) (int, error) {
	want := "socket:[" + inode + "]"
	for _, pid := range likely {
		if t.holds(pid, want) {
			return pid, nil
		}
	}
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return 0, err
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err == nil && !slices.Contains(likely, pid) && t.holds(pid, want) {
			return pid, nil
		}
	}
	err = errors.New("no process shows that socket among its files")
	if os.Geteuid() != 0 {
		err = hint.With(fmt.Errorf("%w (only root sees those of others)", err), "run plegctl as root")
	}
	return 0, err
}

func (t Table) holds(pid int, want string) bool {
	dir := t.file(pid, "fd")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		link, err := os.Readlink(filepath.Join(dir, e.Name()))
		return err == nil && link == want
	})
}
