package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Output is what one command inside the node gave.
type Output struct {
	Command string
	Stdout  string
	Stderr  string
	Code    int // exit code; -1 when it was ended by a signal or never ran
	Took    time.Duration
}

// String shows the command as a session would, for a failed test.
func (o Output) String() string {
	return fmt.Sprintf("$ %s\n%s%s[exit %d after %v]", o.Command, clip(o.Stdout), clip(o.Stderr), o.Code, o.Took.Round(time.Millisecond))
}

// clip keeps a failed test readable: a plan or a metrics page can be long.
func clip(text string) string {
	const most = 8000
	if len(text) <= most {
		return text
	}
	return text[:most/2] + "\n[…]\n" + text[len(text)-most/2:]
}

// Run runs a line of shell inside the node as root and waits for its end. There
// is no terminal and nothing to read. When ctx ends, so does the command.
// It is ended after [Patience] whatever it does.
func (n *Node) Run(ctx context.Context, line string) Output {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	return finish(n.command(ctx, line), line)
}

// Patience is how long a command on a node may take.
const Patience = 5 * time.Minute

// Start is [Node.Run] without waiting.
func (n *Node) Start(ctx context.Context, line string) *Running {
	return start(n.command(ctx, line), line)
}

// Running is a command that was started.
type Running struct {
	cmd  *exec.Cmd
	done chan Output
}

func start(cmd *exec.Cmd, line string) *Running {
	r := &Running{cmd: cmd, done: make(chan Output, 1)}
	begun := make(chan struct{})
	go func() {
		r.done <- finishFrom(cmd, line, func() { close(begun) })
	}()
	<-begun
	return r
}

// Wait waits for the command's end.
func (r *Running) Wait() Output { return <-r.done }

// Kill ends the command's process group on this side at once. What an SSH
// session runs on the node is not part of it.
func (r *Running) Kill() {
	if r.cmd.Process != nil {
		_ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL)
	}
}

// command enters every namespace of the node. The process group is killed as a
// whole, because nsenter forks.
func (n *Node) command(ctx context.Context, line string) *exec.Cmd {
	return group(exec.CommandContext(ctx, "nsenter",
		"-t", strconv.Itoa(n.init), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "--",
		"/usr/bin/env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "LANG=C.UTF-8", "/bin/bash", "-c", line))
}

func group(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func finish(cmd *exec.Cmd, line string) Output { return finishFrom(cmd, line, func() {}) }

func finishFrom(cmd *exec.Cmd, line string, begun func()) Output {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begin := time.Now()
	err := cmd.Start()
	begun()
	if err == nil {
		err = cmd.Wait()
	}
	out := Output{Command: line, Stdout: stdout.String(), Stderr: stderr.String(), Took: time.Since(begin)}
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit):
		out.Code = exit.ExitCode()
	default:
		out.Code = -1
		out.Stderr += err.Error() + "\n"
	}
	return out
}

// Must runs a line of shell that has to succeed and returns what it printed,
// without the last line's end.
func (n *Node) Must(ctx context.Context, line string) (string, error) {
	out := n.Run(ctx, line)
	if out.Code != 0 {
		return "", fmt.Errorf("inside %s: %v", n.Name, out)
	}
	return strings.TrimRight(out.Stdout, "\n"), nil
}
