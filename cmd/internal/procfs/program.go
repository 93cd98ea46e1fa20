package procfs

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
)

// programOutput bounds what a program may write, in bytes: `containerd config dump` writes some 20 KiB.
const programOutput = 1 << 20

// Programs runs daemons' programs for a question such as --version.
type Programs struct{ root *hostfs.Root }

// NewPrograms runs programs of this machine, whose files lie below root.
func NewPrograms(root *hostfs.Root) Programs { return Programs{root} }

// Output runs the program at that absolute path and returns what it writes. It refuses a
// program that anybody but root can change ([hostfs.ErrUntrusted]). The program gets no
// environment, no input, five seconds, and room for 1 MiB.
func (p Programs) Output(ctx context.Context, program string, args ...string) ([]byte, error) {
	if err := p.root.Trusted(program); err != nil {
		return nil, fmt.Errorf("run %s: %w", program, err)
	}
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Program)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.root.Path(program), args...)
	cmd.Env = []string{"LC_ALL=C"}
	cmd.Dir = "/"
	// A child of the program may hold its output open; nobody waits for that.
	cmd.WaitDelay = lifecycle.Retry
	out := limited{cancel: cancel}
	cmd.Stdout = &out
	err := cmd.Run()
	switch {
	case out.overrun:
		return nil, fmt.Errorf("run %s: it wrote more than %d bytes", program, programOutput)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("run %s: no answer within %s", program, lifecycle.Program)
	case err != nil:
		return nil, fmt.Errorf("run %s: %w", program, err)
	}
	return out.kept, nil
}

// limited keeps output up to its limit and then ends the program.
type limited struct {
	kept    []byte
	overrun bool
	cancel  context.CancelFunc
}

func (l *limited) Write(b []byte) (int, error) {
	if len(l.kept)+len(b) > programOutput {
		l.overrun = true
		l.cancel()
		return 0, errors.New("too much output")
	}
	l.kept = append(l.kept, b...)
	return len(b), nil
}
