package cmd

import (
	"context"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
)

// HostMain runs plegctl on the machine that it runs on, until a signal ends it, and returns
// the exit code.
func HostMain(args []string) int {
	ctx, stop := lifecycle.WithSignals(context.Background())
	defer stop()
	return Main(ctx, args, HostDeps())
}

// HostDeps are the dependencies on the machine that plegctl runs on.
func HostDeps() *Deps {
	return &Deps{
		Streams: Streams{
			In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
			InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
			OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
			ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
		},
		Now:    time.Now,
		Getenv: os.Getenv,
		Self:   os.Executable,
		Host: func(_ context.Context, s Settings) (*node.Host, error) {
			return node.Open(s.Root, s.Offline())
		},
	}
}
