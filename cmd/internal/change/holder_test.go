package change

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// TestAStoppedProcessIsEnded: the revert ends a holder of the lock that does not move, and
// nothing else.
func TestAStoppedProcessIsEnded(t *testing.T) {
	c := exec.Command("sleep", "60")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	if stopped(c.Process.Pid) {
		t.Error("a process that sleeps counts as stopped")
	}
	if err := c.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for !stopped(c.Process.Pid) {
		time.Sleep(time.Millisecond)
	}
	if err := end(c.Process.Pid); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil {
		t.Error("it ended by itself")
	}
	if stopped(c.Process.Pid) || end(c.Process.Pid) != nil {
		t.Error("a process that is gone is a problem")
	}
	if end(os.Getpid()) == nil || end(1) == nil {
		t.Error("it would end itself, or init")
	}
}
