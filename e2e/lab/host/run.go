// Package host is the machine that carries the nodes: whether it can, the
// Debian packages that it needs, and how programs are run on it.
package host

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Command is a program to run on this machine.
type Command struct {
	Dir  string
	Env  []string // added to the environment of the suite
	Name string
	Args []string
}

// Run runs the program to its end and returns what it printed, both streams in
// one. The whole process group ends when ctx does, and the program ends with the
// suite. The error quotes the last
// lines of the output, which is what a reader of a failed build needs.
func Run(ctx context.Context, c Command) ([]byte, error) {
	cmd := exec.CommandContext(ctx, c.Name, c.Args...)
	cmd.Dir = c.Dir
	cmd.Env = append(os.Environ(), c.Env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("run %s %s: %w\n%s", c.Name, strings.Join(c.Args, " "), err, tail(out.String(), 20))
	}
	return out.Bytes(), nil
}

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	return strings.Join(all, "\n")
}
