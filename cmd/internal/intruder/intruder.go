// Package intruder runs a part of a test as another, unprivileged user: what it starts,
// listens on and writes is what an attacker on the node could start, listen on and write.
package intruder

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// UID is the user that every intruder runs as: nobody.
const UID = 65534

const variable = "PLEGCTL_TEST_INTRUDER"

// Role is what an intruder does. It calls ready with what the test must know of it, and may
// return once the test has ended, which closes its standard input.
type Role func(args []string, ready func(text string)) error

// Main runs the tests of a package that starts intruders and returns the exit code; in a
// process that [Start] started it plays the role instead.
func Main(m *testing.M, roles map[string]Role) int {
	if code, played := Play(roles); played {
		return code
	}
	return m.Run()
}

// Play plays the role in a process that [Start] started, and reports whether this is one.
func Play(roles map[string]Role) (code int, played bool) {
	role := os.Getenv(variable)
	if role == "" {
		return 0, false
	}
	play, ok := roles[role]
	if !ok {
		return 3, true
	}
	ready := func(text string) { _, _ = os.Stdout.WriteString(text + "\n") }
	if err := play(os.Args[1:], ready); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		return 1, true
	}
	// Blocks until the test ends.
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0, true
}

// Start starts this test program once more as another user in that role, and returns its PID
// and the text that it reported as ready. argv[0] is name. It ends with the test.
func Start(t testing.TB, role, name string, args ...string) (pid int, text string) {
	t.Helper()
	NeedsRoot(t)
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = append([]string{name}, args...)
	cmd.Env = []string{variable + "=" + role}
	cmd.Dir = "/"
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: UID, Gid: UID}}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start an intruder: %v", err)
	}
	t.Cleanup(func() { _ = errors.Join(in.Close(), cmd.Wait()) })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the intruder %s did not get ready: %v", role, err)
	}
	return cmd.Process.Pid, line[:len(line)-1]
}

// NeedsRoot skips a test that cannot become another user, but never in CI.
func NeedsRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() == 0 {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("attack tests need root, and must not be skipped in CI")
	}
	t.Skip("only root can start a process as another user")
}
