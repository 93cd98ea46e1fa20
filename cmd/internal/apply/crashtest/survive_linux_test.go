package crashtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// brokenNode is a program that can be broken on purpose, and a node to break it on.
type brokenNode struct {
	t       *testing.T
	program string
	root    string
	before  string
	running []*os.Process
}

// environ is the environment without the lab's variables: they begin as plegctl's settings do,
// and plegctl refuses what it does not know.
func environ() []string {
	return slices.DeleteFunc(os.Environ(), func(one string) bool { return strings.HasPrefix(one, "PLEGCTL_E2E_") })
}

func newBrokenNode(t *testing.T, program string) *brokenNode {
	t.Helper()
	b := &brokenNode{t: t, program: program, root: filepath.Join(t.TempDir(), "node")}
	plainNode(t, b.root)
	b.before = snapshot(t, b.root)
	return b
}

func (b *brokenNode) command(failpoint string, args ...string) *exec.Cmd {
	c := exec.Command(b.program, append([]string{"--root", b.root}, args...)...)
	c.Env = append(environ(), "FAILPOINT_PLEGCTL="+failpoint)
	return c
}

// run returns exit code and stderr.
func (b *brokenNode) run(failpoint string, args ...string) (int, string) {
	c := b.command(failpoint, args...)
	out, _ := c.CombinedOutput()
	return c.ProcessState.ExitCode(), string(out)
}

func (b *brokenNode) unchanged() {
	b.t.Helper()
	if snapshot(b.t, b.root) != b.before {
		b.t.Error("the node is not as it was")
	}
}

func (b *brokenNode) changed() {
	b.t.Helper()
	if snapshot(b.t, b.root) == b.before {
		b.t.Error("the node was not changed")
	}
}

// survival: signals, closed streams, failing disks, and many at once.
func survival(t *testing.T, program string) {
	// It stops itself, is signalled, goes on, and has some seconds to notice.
	const pause = "apply/after-act=stop@1,apply/after-done=sleep:2s@1"

	t.Run("hang up", func(t *testing.T) {
		t.Parallel()
		b := newBrokenNode(t, program)
		if code := b.signalled(pause, syscall.SIGHUP); code != 0 {
			t.Errorf("exit %d", code)
		}
		b.changed()
	})
	t.Run("interrupt", func(t *testing.T) {
		t.Parallel()
		b := newBrokenNode(t, program)
		if code := b.signalled(pause, syscall.SIGINT); code != 130 {
			t.Errorf("exit %d", code)
		}
		b.unchanged()
	})
	t.Run("interrupted again while rolling back", func(t *testing.T) {
		t.Parallel()
		b := newBrokenNode(t, program)
		if code := b.signalled(pause+",apply/before-undo-step=stop@1", syscall.SIGINT, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP); code != 130 {
			t.Errorf("exit %d", code)
		}
		b.unchanged()
	})
	t.Run("stdout and stderr are gone", func(t *testing.T) {
		b := newBrokenNode(t, program)
		c := b.command("", "enable")
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		c.Stdout, c.Stderr = write, write
		if err := read.Close(); err != nil {
			t.Fatal(err)
		}
		err = c.Run()
		_ = write.Close()
		if err != nil {
			t.Errorf("a closed pipe stopped the change: %v", err)
		}
		b.changed()
	})
	t.Run("an error at every point is rolled back", func(t *testing.T) {
		actions := []string{"enospc@1"}
		if full() {
			actions = []string{"enospc@1", "eio@2", "error@1"}
		}
		for _, point := range points() {
			for _, action := range actions {
				b := newBrokenNode(t, program)
				code, text := b.run(point+"="+action, "enable", "--method", "edit")
				switch code {
				case 0: // this verb does not come by there, or it was done already
				case 1, 5:
					b.unchanged()
				default:
					t.Errorf("%s=%s: exit %d\n%s", point, action, code, text)
				}
			}
		}
	})
	t.Run("a disk that stays broken leaves work for recover", func(t *testing.T) {
		for _, point := range points() {
			b := newBrokenNode(t, program)
			code, text := b.run(point+"=enospc", "enable", "--method", "edit")
			if code != 0 && code != 1 && code != 5 && code != 6 {
				t.Errorf("%s: exit %d\n%s", point, code, text)
			}
			if again, text := b.run("", "recover"); again != 0 {
				t.Errorf("recover after %s: exit %d\n%s", point, again, text)
			}
			if code != 0 {
				b.unchanged()
			}
		}
	})
	t.Run("an unprivileged user on an own image", func(t *testing.T) {
		b := newBrokenNode(t, program)
		if out, err := exec.Command("chown", "-R", "65534:65534", b.root).CombinedOutput(); err != nil {
			t.Skipf("SKIPPED, nothing was proven: only root can give files away: %s", out)
		}
		for _, path := range []string{b.root, program} {
			for dir := path; dir != os.TempDir() && len(dir) > 1; dir = filepath.Dir(dir) {
				if err := os.Chmod(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
		}
		b.before = snapshot(t, b.root)
		for _, verb := range []string{"enable", "rollback"} {
			c := b.command("", verb)
			c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", verb, err, out)
			}
		}
		b.unchanged()
	})
	t.Run("the rollback fails too", func(t *testing.T) {
		b := newBrokenNode(t, program)
		code, text := b.run("apply/before-commit=eio,apply/before-undo-step=eio", "enable", "--method", "edit")
		if code != 6 || !strings.Contains(text, "manual step: cat ") {
			t.Fatalf("exit %d\n%s", code, text)
		}
		b.recoverByHand(text)
		b.unchanged()
		if code, text := b.run("", "recover"); code != 0 {
			t.Errorf("recover: exit %d\n%s", code, text)
		}
		b.unchanged()
	})
	t.Run("fifty at once", func(t *testing.T) { fifty(t, newBrokenNode(t, program)) })
}

// signalled runs enable, which stops itself at its failpoints: the first of the signals is sent
// at the first stop, the others at the next.
func (b *brokenNode) signalled(failpoint string, signals ...syscall.Signal) int {
	b.t.Helper()
	c := b.command(failpoint, "enable")
	if err := c.Start(); err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < len(signals); {
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(c.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
			b.t.Fatalf("it did not stop: %v, %v", err, status)
		}
		_ = c.Process.Signal(signals[i])
		for i++; i > 1 && i < len(signals); i++ {
			_ = c.Process.Signal(signals[i])
		}
		_ = c.Process.Signal(syscall.SIGCONT)
	}
	_ = c.Wait()
	return c.ProcessState.ExitCode()
}

// recoverByHand runs the printed commands in a shell, but for the one that is plegctl itself.
func (b *brokenNode) recoverByHand(text string) {
	b.t.Helper()
	for line := range strings.Lines(text) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "manual step: ")
		if !ok || strings.HasPrefix(command, "plegctl") {
			continue
		}
		if out, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil {
			b.t.Errorf("%s: %v\n%s", command, err, out)
		}
	}
}

func points() []string {
	return []string{
		"record/before-begin", "record/before-sync-begin", "record/before-intent", "record/before-sync-intent",
		"record/before-done", "record/before-sync-done", "record/before-end", "record/before-sync-end",
		"apply/before-intent", "apply/after-intent", "apply/after-act", "apply/after-done", "apply/before-commit",
		"hostfs/before-temp", "hostfs/after-temp", "hostfs/after-write", "hostfs/after-metadata", "hostfs/before-fsync",
		"hostfs/after-link", "hostfs/after-fsync", "hostfs/before-rename", "hostfs/after-rename", "hostfs/after-create",
		"hostfs/after-sync",
	}
}

// fifty starts fifty changes at once. The one that has the lock stops itself with it until all
// others have had their answer, so exactly one changes the node.
func fifty(t *testing.T, b *brokenNode) {
	t.Helper()
	const many = 50
	codes := make(chan int, many)
	for range many {
		c := b.command("apply/after-act=stop@1", "enable")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		b.running = append(b.running, c.Process)
		go func() {
			_ = c.Wait()
			codes <- c.ProcessState.ExitCode()
		}()
	}
	for range many - 1 {
		if code := <-codes; code != 7 {
			t.Errorf("exit %d beside one that has the lock", code)
		}
	}
	// Only the one with the lock is left; it may not have stopped yet.
	for left := true; left; {
		for _, p := range b.running {
			_ = p.Signal(syscall.SIGCONT)
		}
		select {
		case code := <-codes:
			left = false
			if code != 0 {
				t.Errorf("exit %d with the lock", code)
			}
		case <-time.After(50 * time.Millisecond):
		}
	}
	b.changed()
	if code, out := b.run("", "history"); code != 0 || strings.Count(out, "-enable") != 1 {
		t.Errorf("history: exit %d\n%s", code, out)
	}
}
