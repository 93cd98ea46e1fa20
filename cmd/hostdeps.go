package cmd

import (
	"context"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/plegctl/plegctl/cmd/internal/node"
)

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
