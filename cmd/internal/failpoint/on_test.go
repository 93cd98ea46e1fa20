//go:build failpoint

package failpoint

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func TestActions(t *testing.T) {
	t.Setenv("FAILPOINT_PLEGCTL", "a=error, b=enospc,c=sleep:30ms,d=eio@2,,")
	defer func() {
		if recover() == nil {
			t.Error("a malformed list was taken")
		}
	}()
	if err := Hit("a"); err == nil {
		t.Error("a did nothing")
	}
	if err := Hit("b"); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("b: %v", err)
	}
	begin := time.Now()
	if err := Hit("c"); err != nil || time.Since(begin) < 30*time.Millisecond {
		t.Errorf("c: %v after %s", err, time.Since(begin))
	}
	for n, want := range []error{nil, syscall.EIO} {
		if err := Hit("d"); !errors.Is(err, want) {
			t.Errorf("d, time %d: %v", n+1, err)
		}
	}
	_ = Hit("not named") // walks to the malformed end
}

func TestUnknownActionPanics(t *testing.T) {
	t.Setenv("FAILPOINT_PLEGCTL", "x=explode")
	defer func() {
		if recover() == nil {
			t.Error("an unknown action was taken")
		}
	}()
	_ = Hit("x")
}

func TestKill(t *testing.T) {
	if os.Getenv("FAILPOINT_PLEGCTL") != "" {
		_ = Hit("here")
		return
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), "FAILPOINT_PLEGCTL=here=kill")
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("%v", err)
	}
}
