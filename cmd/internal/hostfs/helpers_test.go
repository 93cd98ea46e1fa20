package hostfs

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func read(t testing.TB, r *Root, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// names lists everything below the root, to see that nothing was left behind.
func names(t testing.TB, r *Root) string {
	t.Helper()
	var all []string
	err := filepath.Walk(r.dir, func(p string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			all = append(all, strings.TrimPrefix(p, r.dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

const childEnv = "HOSTFS_TEST_CHILD"

// again runs the present test once more in a process of its own, and reports false there.
func again(t *testing.T, attr *syscall.SysProcAttr) (parent bool) {
	t.Helper()
	if os.Getenv(childEnv) != "" {
		return false
	}
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can set this up")
	}
	// By /proc, since another user may not enter the directory that go test builds in.
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
	dir, err := os.MkdirTemp("", "hostfs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if attr.Credential != nil {
		if err := os.WriteFile(dir+"/foreign", []byte(oldText), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(dir, int(attr.Credential.Uid), int(attr.Credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Env = append(os.Environ(), childEnv+"=1", "TMPDIR="+dir)
	cmd.Dir = "/"
	cmd.SysProcAttr = attr
	out, err := cmd.CombinedOutput()
	if err != nil && strings.Contains(err.Error(), "fork/exec") {
		t.Skipf("SKIPPED: %v", err)
	}
	t.Logf("%s", out)
	if strings.Contains(string(out), "--- SKIP") {
		t.Skip("SKIPPED in the child")
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("the child: %v", err)
	}
	return true
}

// ownMounts gives the test a mount namespace of its own.
func ownMounts(t *testing.T) (parent bool) {
	t.Helper()
	if again(t, &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}) {
		return true
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	return false
}

// asNobody runs the test as an ordinary user.
func asNobody(t *testing.T) (parent bool) {
	t.Helper()
	return again(t, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}})
}

func mount(t *testing.T, source, target, kind string, flags uintptr, data string) {
	t.Helper()
	if err := unix.Mount(source, target, kind, flags, data); err != nil {
		t.Skipf("SKIPPED: mount %s on %s: %v", kind, target, err)
	}
	t.Cleanup(func() { _ = unix.Unmount(target, unix.MNT_DETACH) })
}

// acl is a system.posix_acl_access: owner rw, user 4711 r, group r, mask r, others nothing.
func acl() []byte {
	out := binary.LittleEndian.AppendUint32(nil, 2)
	for _, e := range []struct {
		tag, perm uint16
		id        uint32
	}{{1, 6, 1<<32 - 1}, {2, 4, 4711}, {4, 4, 1<<32 - 1}, {16, 4, 1<<32 - 1}, {32, 0, 1<<32 - 1}} {
		out = binary.LittleEndian.AppendUint16(out, e.tag)
		out = binary.LittleEndian.AppendUint16(out, e.perm)
		out = binary.LittleEndian.AppendUint32(out, e.id)
	}
	return out
}

func setXattr(t *testing.T, here, name string, value []byte) {
	t.Helper()
	if err := unix.Setxattr(here, name, value, 0); err != nil {
		t.Skipf("SKIPPED: no %s on this file system: %v", name, err)
	}
}
