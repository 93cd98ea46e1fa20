package node

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Terminal is a login shell on a pseudo-terminal of the node, over SSH. What is typed goes
// through the terminal's line discipline, so Ctrl-Z is a byte here and a signal there.
type Terminal struct {
	cmd *exec.Cmd
	in  io.WriteCloser

	mu     sync.Mutex
	screen bytes.Buffer
}

// What keys type.
const (
	CtrlC         = "\x03"
	CtrlQ         = "\x11"
	CtrlS         = "\x13"
	CtrlZ         = "\x1a"
	CtrlBackslash = "\x1c"
)

// OpenTerminal logs in.
func (n *Node) OpenTerminal(ctx context.Context) (*Terminal, error) {
	t := &Terminal{cmd: n.sshCommand(ctx, true, "exec bash -i")}
	t.cmd.Stdout, t.cmd.Stderr = t, t
	var err error
	if t.in, err = t.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	return t, t.cmd.Start()
}

// Write is what the terminal shows.
func (t *Terminal) Write(data []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.screen.Write(data)
}

// Type types.
func (t *Terminal) Type(text string) error {
	_, err := io.WriteString(t.in, text)
	return err
}

// Await waits until the terminal has shown the text.
func (t *Terminal) Await(ctx context.Context, limit time.Duration, text string) error {
	return Poll(ctx, limit, func(context.Context) error {
		t.mu.Lock()
		defer t.mu.Unlock()
		if !strings.Contains(t.screen.String(), text) {
			return fmt.Errorf("the terminal does not show %q:\n%s", text, t.screen.String())
		}
		return nil
	})
}

// Close cuts the connection, as a lost network does: the node's sshd closes the terminal.
func (t *Terminal) Close() {
	_ = t.cmd.Cancel()
	_ = t.cmd.Wait()
}
