package cmd

import (
	"context"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/plegctl/plegctl/cmd/internal/detach"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
)

// HostMain runs plegctl on the machine that it runs on, until a signal ends it, and returns
// the exit code.
func HostMain(args []string) int {
	if len(args) > 2 && (args[0] == detach.Verb || args[0] == detach.AfterVerb) {
		return serviceMain(args[0], args[1], args[2:])
	}
	ctx, stop := lifecycle.WithSignals(context.Background())
	defer stop()
	d := HostDeps()
	d.Args = args
	code := Main(ctx, args, d)
	d.progress().Flush()
	return code
}

// HostDeps are the dependencies on the machine that plegctl runs on.
func HostDeps() *Deps {
	return &Deps{
		Streams: Streams{
			In: os.Stdin, Out: os.Stdout, Err: lifecycle.NewNonBlocking(os.Stderr),
			InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
			OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
			ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
		},
		Now:    time.Now,
		Getenv: os.Getenv, Environ: os.Environ(),
		Self: os.Executable,
		Host: func(_ context.Context, s Settings) (*node.Host, error) {
			return node.Open(s.Root, s.Offline())
		},
	}
}
