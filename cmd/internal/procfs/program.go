package procfs

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/logscan"
)

// programOutput bounds what a program may write, in bytes: `containerd config dump` writes some 20 KiB.
const programOutput = 1 << 20

// Programs runs daemons' programs for a question such as --version.
type Programs struct{ root *hostfs.Root }

// NewPrograms runs programs of this machine, whose files lie below root.
func NewPrograms(root *hostfs.Root) Programs { return Programs{root} }

// RefusedError reports that a program ran and ended with a failure.
type RefusedError struct {
	Program string
	Err     error
	// Words are why, in the words of the program; "" where it wrote nothing.
	Words string
}

func (e *RefusedError) Error() string {
	if e.Words == "" {
		return fmt.Sprintf("run %s: %v", e.Program, e.Err)
	}
	return fmt.Sprintf("run %s: %v: %s", e.Program, e.Err, e.Words)
}

// Unwrap returns how it ended.
func (e *RefusedError) Unwrap() error { return e.Err }

// Output runs the program at that absolute path and returns what it writes; where it ends
// with a failure, the error is a *[RefusedError]. It refuses a program that anybody but root
// can change ([hostfs.ErrUntrusted]). The program gets no environment, no input, five
// seconds, and room for 1 MiB.
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
	out, words := limited{cancel: cancel}, limited{cancel: cancel}
	cmd.Stdout, cmd.Stderr = &out, &words
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case out.overrun, words.overrun:
		return nil, fmt.Errorf("run %s: it wrote more than %d bytes", program, programOutput)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("run %s: no answer within %s", program, lifecycle.Program)
	case errors.As(err, &exit) && exit.Exited():
		return nil, &RefusedError{Program: program, Err: err, Words: logscan.LastError(strings.Split(string(words.kept), "\n"))}
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
