package cmd

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/detach"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/settings"
	"github.com/plegctl/plegctl/verify/report"
	"golang.org/x/term"
)

// Deps is all that commands may reach. [HostDeps] makes it for the machine that plegctl
// runs on; the demo and the tests make it for a simulated node.
type Deps struct {
	Streams Streams
	// Now is the clock.
	Now func() time.Time
	// Getenv reads the environment of this process.
	Getenv func(string) string
	// Environ is the whole environment, to find misspelled variables; nil where it is of no
	// interest.
	Environ []string
	// Host reaches the node that the settings name. It dials nothing: units, sockets
	// and ports are dialled by the call that first needs them.
	Host func(context.Context, settings.Settings) (*node.Host, error)
	// Self is the path of the running program, for the revert timer.
	Self func() (string, error)
	// Args is the command line, for the service that runs a change; Caller is who asked for
	// it, where this process is that service.
	Args   []string
	Caller *record.Who
	// Settings are resolved by the root command before a verb runs.
	Settings settings.Settings

	// killed is set after a command that was killed: recover puts there what became of it.
	killed *record.Outcome
	// answered reports whether something was written to stdout; began is when the verb began.
	answered bool
	began    time.Time
	lines    *lifecycle.Progress
}

// progress is the conversation on stderr, by the settings.
func (d *Deps) progress() *lifecycle.Progress {
	if d.lines == nil {
		d.lines = lifecycle.NewProgress(d.Streams.Err, d.Settings.Quiet, d.Settings.Verbose)
	}
	return d.lines
}

// Streams are the three standard streams and whether each is a terminal.
type Streams struct {
	In                    io.Reader
	Out, Err              io.Writer
	InTTY, OutTTY, ErrTTY bool
}

// ProcessMain runs plegctl in a process of its own, until a signal ends it, and returns the
// exit code.
func ProcessMain(args []string, d *Deps) int {
	if len(args) > 2 && (args[0] == detach.Verb || args[0] == detach.AfterVerb) {
		return serviceMain(args[0], args[1], args[2:], d)
	}
	ctx, stop := lifecycle.WithSignals(context.Background())
	defer stop()
	d.Args = args
	code := Main(ctx, args, d)
	d.progress().Flush()
	return code
}

// HostDeps are the dependencies on the machine that plegctl runs on.
func HostDeps() *Deps {
	d := &Deps{
		Streams: Streams{
			In: os.Stdin, Out: os.Stdout, Err: lifecycle.NewNonBlocking(os.Stderr),
			InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
			OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
			ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
		},
		Now:    time.Now,
		Getenv: os.Getenv, Environ: os.Environ(),
		Self: os.Executable,
		Host: func(_ context.Context, s settings.Settings) (*node.Host, error) {
			return node.Open(filepath.Clean(s.Root), s.Offline())
		},
	}
	if d.Streams.ErrTTY && d.Getenv("TERM") != "dumb" {
		d.Streams.Err = lifecycle.NewLive(d.Streams.Err, func() int {
			if columns, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil && columns > 0 {
				return columns
			}
			return report.Width
		})
	}
	return d
}
