package change

import (
	"fmt"
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
	process := processID(c.Process.Pid)
	if stopped(process) {
		t.Error("a process that sleeps counts as stopped")
	}
	if err := c.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for !stopped(process) {
		time.Sleep(time.Millisecond)
	}
	// The number alone proves nothing: this process began later than the one that is meant.
	other := fmt.Sprintf("%d/1/%s", c.Process.Pid, bootID())
	if stopped(other) || end(other) != nil || !stopped(process) {
		t.Error("a process was taken for another one that had its number")
	}
	if err := end(process); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil {
		t.Error("it ended by itself")
	}
	if stopped(process) || end(process) != nil {
		t.Error("a process that is gone is a problem")
	}
	if end(processID(os.Getpid())) == nil || end(processID(1)) == nil || end("") == nil {
		t.Error("it would end itself, init, or nobody")
	}
}
