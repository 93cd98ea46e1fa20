package procfs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/intruder"
)

func TestMain(m *testing.M) {
	os.Exit(intruder.Main(m, map[string]intruder.Role{
		"idle": func(_ []string, ready func(string)) error {
			ready("")
			return nil
		},
		"listen": func(args []string, ready func(string)) error {
			listener, err := net.Listen(args[0], args[1])
			if err != nil {
				return err
			}
			ready(listener.Addr().String())
			conn, err := listener.Accept()
			if err != nil {
				return err
			}
			_, err = io.Copy(conn, conn)
			return err
		},
		// listens and becomes another program, which keeps the socket
		"become": func(args []string, ready func(string)) error {
			listener, err := net.Listen("unix", args[0])
			if err != nil {
				return err
			}
			file, err := listener.(*net.UnixListener).File()
			if err != nil {
				return err
			}
			if _, err := unix.FcntlInt(file.Fd(), unix.F_SETFD, 0); err != nil {
				return err
			}
			ready("")
			return syscall.Exec(args[1], []string{"containerd"}, nil)
		},
	}))
}

func machine(t *testing.T) (Table, *hostfs.Root) {
	t.Helper()
	root, err := hostfs.Open("/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return New("/proc", root), root
}

// A program that every Linux has and only root can write.
func systemProgram(t *testing.T, table Table) string {
	t.Helper()
	for _, name := range []string{"/bin/sleep", "/usr/bin/sleep", "/bin/busybox"} {
		if table.root.Trusted(name) == nil {
			return name
		}
	}
	t.Skip("no program on this machine is root's alone")
	return ""
}

// reachable is a directory that other users can look into.
func reachable(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func start(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Skipf("start %s: %v", cmd.Path, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd.Process.Pid
}

func named(path string) *exec.Cmd {
	return &exec.Cmd{Path: path, Args: []string{"daemon", "600"}, Dir: "/"}
}

// A process is what its owner, its namespaces and its program say, never its name.
func TestProcessesThatAreNotBelieved(t *testing.T) {
	intruder.NeedsRoot(t)
	table, _ := machine(t)
	sleep := systemProgram(t, table)
	copyOf := func(dir string, owner int, mode os.FileMode) string {
		data, err := os.ReadFile(sleep)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "kubelet")
		if err := errors.Join(os.WriteFile(file, data, 0o755), os.Chown(file, owner, owner), os.Chmod(file, mode)); err != nil {
			t.Fatal(err)
		}
		return file
	}
	open := filepath.Join(t.TempDir(), "open")
	if err := errors.Join(os.Mkdir(open, 0o755), os.Chmod(open, 0o777)); err != nil {
		t.Fatal(err)
	}
	foreign, _ := intruder.Start(t, "idle", "kubelet")
	container := named(sleep)
	container.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}
	mounts := named(sleep)
	mounts.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	// A user starts it and gives it a name and arguments, and it runs as root: su, sudo.
	setuid := named(copyOf(reachable(t), 0, 0o755|os.ModeSetuid))
	setuid.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: intruder.UID, Gid: intruder.UID}}
	replaced := copyOf(t.TempDir(), 0, 0o755)
	removed := start(t, named(replaced))
	if err := os.Remove(replaced); err != nil {
		t.Fatal(err)
	}
	contained := start(t, container)
	for what, c := range map[string]struct {
		pid int
		why string
	}{
		"another user's process":           {foreign, "belongs to user 65534"},
		"a container's process":            {contained, "another pid namespace"},
		"a process with mounts of its own": {start(t, mounts), "another mnt namespace"},
		"a program that a user owns":       {start(t, named(copyOf(t.TempDir(), intruder.UID, 0o755))), "others can change it"},
		"a program that all may write":     {start(t, named(copyOf(t.TempDir(), 0, 0o757))), "others can change it"},
		"a program in an open directory":   {start(t, named(copyOf(open, 0, 0o755))), "open: others can change it"},
		"a program that was replaced":      {removed, "replaced after it started"},
		"a program that a user may start":  {start(t, setuid), "another user may have started it"},
		"one that became root's alone":     {start(t, named(setuid.Path)), "any user can start it as root"},
	} {
		p, err := table.Process(c.pid)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if err := table.Trusted(p); !errors.Is(err, errUntrusted) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v, want %q", what, err, c.why)
		}
	}
	if table.contained(os.Getpid()) || !table.contained(contained) {
		t.Error("a container's process is not told from ours")
	}
	p, err := table.Process(start(t, named(sleep)))
	if err != nil || table.Trusted(p) != nil {
		t.Errorf("root's own process with root's program: %v, %v", err, table.Trusted(p))
	}
	// The number was given to another process since.
	p.Start = p.Start.Add(time.Minute)
	if table.Trusted(p) == nil {
		t.Error("a process is believed for another with its number")
	}
}

func TestProgramsThatAreNotRun(t *testing.T) {
	intruder.NeedsRoot(t)
	_, root := machine(t)
	dir := t.TempDir()
	trace := filepath.Join(dir, "ran")
	program := filepath.Join(dir, "kubelet")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nid -u > "+trace+"\necho Kubernetes v1.37.2\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(program, intruder.UID, intruder.UID); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := errors.Join(os.Symlink("/bin/true", link), os.Lchown(link, intruder.UID, intruder.UID)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{program, link} {
		if out, err := NewPrograms(root).Output(context.Background(), name, "--version"); !errors.Is(err, hostfs.ErrUntrusted) {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
	if _, err := os.Stat(trace); err == nil {
		t.Error("a user's program was run as root")
	}
}

// What a program inherits, how long it runs and how much it writes is bounded.
func TestProgramsAreBounded(t *testing.T) {
	intruder.NeedsRoot(t)
	table, root := machine(t)
	if root.Trusted("/bin/sh") != nil {
		t.Skip("/bin/sh is not root's alone")
	}
	systemProgram(t, table)
	t.Setenv("LD_PRELOAD", "/tmp/x.so")
	programs := NewPrograms(root)
	out, err := programs.Output(context.Background(), "/bin/sh", "-c", "env; pwd; cat")
	if err != nil || strings.Contains(string(out), "LD_PRELOAD") || !strings.HasSuffix(string(out), "/\n") {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := programs.Output(context.Background(), "/bin/sh", "-c", "exec cat /dev/zero"); err == nil || !strings.Contains(err.Error(), "wrote more than") {
		t.Errorf("endless output: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := programs.Output(ctx, "/bin/sh", "-c", "sleep 60"); err == nil || !strings.Contains(err.Error(), "no answer within") {
		t.Errorf("a program that hangs: %v", err)
	}
}

// A program gets copies that nobody else sees, nothing of them is left, and what it says of
// them is about the files of the node.
func TestProgramsSeeCopies(t *testing.T) {
	intruder.NeedsRoot(t)
	_, root := machine(t)
	if root.Trusted("/bin/sh") != nil {
		t.Skip("/bin/sh is not root's alone")
	}
	programs, staged := NewPrograms(root), ""
	ask := func(script string) ([]byte, error) {
		return programs.Staged(t.Context(), "/bin/sh", map[string][]byte{"/etc/crio/x.conf": []byte("[crio]\n")}, func(dir string) []string {
			staged = dir
			return []string{"-c", script, dir}
		})
	}
	out, err := ask(`cat $0/etc/crio/x.conf; stat -c %a $0 $0/etc/crio/x.conf`)
	if err != nil || string(out) != "[crio]\n700\n600\n" {
		t.Errorf("%q, %v", out, err)
	}
	_, err = ask(`echo reading >&2; echo "Error: $0/etc/crio/x.conf: bad" >&2; exit 1`)
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Words != "Error: /etc/crio/x.conf: bad" {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(staged); !os.IsNotExist(err) || !strings.HasPrefix(staged, "/run/") {
		t.Errorf("%s: %v", staged, err)
	}
	if _, err = ask("kill -9 $$"); err == nil || errors.As(err, &refused) && refused.Words == "" {
		t.Errorf("a program that was killed has refused nothing: %v", err)
	}
}

// The kernel names the process behind a socket, whoever it claims to be.
func TestPeer(t *testing.T) {
	table, _ := machine(t)
	dir := reachable(t)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"unix", filepath.Join(dir, "own.sock")}, {"tcp", "127.0.0.1:0"}, {"tcp", "[::1]:0"}, {"tcp", ":0"}} {
		listener, err := net.Listen(c[0], c[1])
		if err != nil {
			t.Logf("%v: %v", c, err)
			continue
		}
		defer listener.Close()
		go func() {
			if conn, err := listener.Accept(); err == nil {
				_, _ = io.Copy(conn, conn)
			}
		}()
		expectPeer(t, table, listener.Addr().Network(), dialed(listener.Addr()), os.Getpid())
	}
	for _, c := range [][2]string{{"unix", filepath.Join(dir, "foreign.sock")}, {"tcp", "127.0.0.1:0"}} {
		pid, address := intruder.Start(t, "listen", "kubelet", c[0], c[1])
		expectPeer(t, table, c[0], address, pid)
	}
}

func dialed(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return a.String()
}

func expectPeer(t *testing.T, table Table, network, address string, pid int) {
	t.Helper()
	conn, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// An answer shows that the other side has accepted.
	if _, err := conn.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	p, err := table.Peer(conn, 1)
	if err != nil || p.PID != pid {
		t.Errorf("%s %s is served by process %d, want %d: %v", network, address, p.PID, pid, err)
	}
}

// A socket belongs to the user who listened, whatever its process has become: a setuid
// program, or another process with its number.
func TestPeerThatBecameRoot(t *testing.T) {
	intruder.NeedsRoot(t)
	table, _ := machine(t)
	data, err := os.ReadFile("/bin/cat")
	if err != nil {
		t.Skip(err)
	}
	dir := reachable(t)
	setuid := filepath.Join(dir, "su")
	if err := errors.Join(os.WriteFile(setuid, data, 0o755), os.Chmod(setuid, 0o755|os.ModeSetuid), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "cri.sock")
	pid, _ := intruder.Start(t, "become", "containerd", socket, setuid)
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		if p, err := table.Process(pid); err != nil || time.Now().After(deadline) {
			t.Fatalf("it did not become root: %+v, %v", p, err)
		} else if p.Exe == setuid {
			break
		}
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if p, err := table.Peer(conn); err != nil || p.PID != pid || p.UID != intruder.UID {
		t.Errorf("%+v, %v", p, err)
	}
}

// The same of a connection: whose it is was noted when it was accepted.
func TestTCPPeerThatBecameRoot(t *testing.T) {
	table := procWith(t, map[int][2]string{812: {statText, "/usr/bin/kubelet\x00"}})
	writeProc(t, table, "812/status", "Uid:\t0\t0\t0\t0\n")
	writeProc(t, table, "self/net/tcp", "   0: 0100007F:280A 0100007F:9C40 01 00000000:00000000 00:00000000 00000000 65534 0 4711 1\n")
	if err := errors.Join(os.Mkdir(table.file(812, "fd"), 0o755), os.Symlink("socket:[4711]", table.file(812, "fd/3"))); err != nil {
		t.Fatal(err)
	}
	if p, err := table.Peer(connection{}); err != nil || p.PID != 812 || p.UID != intruder.UID {
		t.Errorf("%+v, %v", p, err)
	}
}

// connection is one from 127.0.0.1:40000 to 127.0.0.1:10250.
type connection struct{ net.Conn }

func (connection) LocalAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 40000} }

func (connection) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 10250} }

// Nobody has taken the connection yet, as with a stopped daemon: then nobody is its peer.
func TestPeerThatDoesNotAccept(t *testing.T) {
	table, _ := machine(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if p, err := table.Peer(conn, os.Getpid()); err == nil {
		t.Errorf("process %d is the peer", p.PID)
	}
}

func TestCgroup(t *testing.T) {
	const v2 = "0::/system.slice/kubelet.service/child\n"
	const v1 = "12:pids:/other\n1:name=systemd:/system.slice/kubelet.service\n0::/\n"
	for text, want := range map[string]bool{v2: true, v1: true, "5:cpu:/system.slice/kubelet.service\n": false, "0::/system.slice/kubelet.service-evil\n": false, "": false} {
		if got := isInCgroup(text, "/system.slice/kubelet.service"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	table, _ := machine(t)
	if all, err := table.InCgroup("/"); err != nil || len(all) > 0 {
		t.Errorf("the root group is no unit's: %d processes, %v", len(all), err)
	}
}
