package hostfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestStateDir(t *testing.T) {
	umask(t, 0)
	r := tree(t, "var/lib/", "open/", "file = x")
	for _, dir := range []string{"", "/var", "/var/lib"} {
		if err := os.Chmod(r.dir+dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.StateDir("/var/lib/plegctl", false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("not there: %v", err)
	}
	if got, _ := os.ReadDir(r.dir + "/var/lib"); len(got) != 0 {
		t.Error("looking made it")
	}
	for range 2 {
		dir, err := r.StateDir("/var/lib/x/plegctl", true)
		if err != nil {
			t.Fatal(err)
		}
		if dir.Name() != r.dir+"/var/lib/x/plegctl" {
			t.Errorf("name %q", dir.Name())
		}
		dir.Close()
	}
	for name, want := range map[string]fs.FileMode{"/var/lib/x": 0o755, "/var/lib/x/plegctl": 0o700} {
		if m, err := r.Stat(name); err != nil || m.Mode != want {
			t.Errorf("%s: %v, %v", name, m.Mode, err)
		}
	}
	if err := os.Chmod(r.dir+"/open", 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if _, err := r.StateDir("/open", true); !errors.Is(err, ErrUntrusted) {
		t.Errorf("a directory for all: %v", err)
	}
	if m, _ := r.Stat("/open"); m.Mode != 0o777|fs.ModeSticky {
		t.Error("its mode was changed")
	}
	if _, err := r.StateDir("/file", true); err == nil {
		t.Error("a file was taken for a directory")
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(r.dir+"/var/lib/x/plegctl", 4711, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := r.StateDir("/var/lib/x/plegctl", false); !errors.Is(err, ErrUntrusted) {
			t.Errorf("somebody else's directory: %v", err)
		}
	}
	if _, err := r.ReadOnly().StateDir("/var/lib/y", true); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a root for looking: %v", err)
	}
}

// On a live node nobody else may be able to change any directory on the way.
func TestStateDirBelowAnOpenDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "open")
	if err := errors.Join(os.MkdirAll(dir+"/plegctl", 0o700), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	live, err := Open("/")
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	if _, err := live.StateDir(dir+"/plegctl", false); !errors.Is(err, ErrUntrusted) {
		t.Errorf("%v", err)
	}
	image, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	state, err := image.StateDir("/plegctl", false)
	if err != nil {
		t.Fatalf("in an image: %v", err)
	}
	state.Close()
}

func stateRoot(t *testing.T) *os.Root {
	t.Helper()
	dir, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return dir
}

func TestLockNamesItsHolder(t *testing.T) {
	dir := stateRoot(t)
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l, err := TakeLock(dir, strconv.Itoa(os.Getpid()), "plegctl enable --reason \x1b[2Jhello", now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = TakeLock(dir, strconv.Itoa(os.Getpid()), "plegctl disable", now)
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Process != strconv.Itoa(os.Getpid()) || !locked.Since.Equal(now) || locked.Command != "plegctl enable --reason ?[2Jhello" {
		t.Errorf("%#v", err)
	}
	if info, err := os.Stat(filepath.Join(dir.Name(), LockName)); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
	l, err = TakeLock(dir, strconv.Itoa(os.Getpid()), "x", now)
	if err != nil {
		t.Fatal(err)
	}
	if data, _ := dir.ReadFile(LockName); !strings.HasSuffix(string(data), "\nx\n") {
		t.Errorf("it holds %q", data)
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
}

func TestOnlyOneOfFiftyGetsTheLock(t *testing.T) {
	dir := stateRoot(t)
	var mu sync.Mutex
	var held []*Lock
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			l, err := TakeLock(dir, strconv.Itoa(os.Getpid()), fmt.Sprint("run ", i), time.Now())
			var locked *LockedError
			if err == nil {
				mu.Lock()
				held = append(held, l)
				mu.Unlock()
			} else if !errors.As(err, &locked) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(held) != 1 {
		t.Errorf("%d hold it", len(held))
	}
}

// The lock ends with its process, even one that is killed, and children do not inherit it.
func TestLockEndsWithTheProcess(t *testing.T) {
	if os.Getenv(childEnv) != "" {
		dir, err := os.OpenRoot(os.Getenv("HOSTFS_TEST_LOCK"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := TakeLock(dir, strconv.Itoa(os.Getpid()), "the child", time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := exec.Command("sleep", "2").Start(); err != nil { // must not keep the lock
			t.Fatal(err)
		}
		fmt.Println("locked")
		select {}
	}
	dir := stateRoot(t)
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), childEnv+"=1", "HOSTFS_TEST_LOCK="+dir.Name())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 7)
	if _, err := out.Read(line); err != nil || string(line) != "locked\n" {
		_ = cmd.Process.Kill()
		t.Fatalf("%q, %v", line, err)
	}
	_, err = TakeLock(dir, strconv.Itoa(os.Getpid()), "the parent", time.Now())
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Process != strconv.Itoa(cmd.Process.Pid) || locked.Command != "the child" {
		t.Errorf("%v", err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	l, err := TakeLock(dir, strconv.Itoa(os.Getpid()), "the parent", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
}

// TestAFrozenHolderIsKnown: what the lock file says may be left from an earlier holder; who
// has taken the lock and come no further is known to the kernel.
func TestAFrozenHolderIsKnown(t *testing.T) {
	dir, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	f, err := dir.OpenFile(LockName, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("999999/1/boot\n2026-11-26T05:00:00Z\nplegctl enable\n"); err != nil {
		t.Fatal(err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	_, err = TakeLock(dir, "1", "plegctl disable", time.Now())
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Process != strconv.Itoa(os.Getpid()) {
		t.Errorf("%+v", locked)
	}
}
