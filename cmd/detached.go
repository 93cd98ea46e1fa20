package cmd

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/detach"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// changing runs a verb that changes the node: in a service of systemd's, where there is
// one, and here where there is none (an image, a simulated node).
func (d *Deps) changing(ctx context.Context, here func(context.Context, change.Env) error) error {
	env, err := d.env(ctx)
	if err != nil {
		return err
	}
	services, ok := env.Host.Units.(detach.Services)
	if !ok || len(d.Args) == 0 || d.Caller != nil || os.Geteuid() != 0 {
		ctx, cancel := d.bounded(ctx)
		defer cancel()
		return here(ctx, env)
	}
	program, err := change.InstallProgram(env)
	if err != nil {
		return err
	}
	color := "never"
	if d.style().Color {
		color = "always"
	}
	code, err := detach.Run(ctx, services, detach.Command{
		Program: program, Args: append(append([]string{}, d.Args...), "--color="+color), Env: passedOn(os.Environ()),
		StateDir: d.Settings.StateDir, Caller: env.Who, Out: d.Streams.Out, Err: d.Streams.Err,
	})
	switch {
	case errors.Is(err, systemd.ErrNoBus):
		// What needs systemd says so by itself; the rest needs no service.
		ctx, cancel := d.bounded(ctx)
		defer cancel()
		return here(ctx, env)
	case errors.Is(err, detach.ErrNotStarted):
		return err
	case errors.Is(err, detach.ErrUnwatched):
		return withCode(ExitInterrupted, err)
	case err != nil:
		return withCode(ExitRollbackFailed, hint.With(err, "`plegctl status` shows the state of the node"))
	case code == 0:
		return nil
	}
	return answered{code}
}

// passedOn is what of the environment counts for the command in the service.
func passedOn(env []string) []string {
	var out []string
	for _, one := range env {
		name, _, _ := strings.Cut(one, "=")
		if strings.HasPrefix(name, "PLEGCTL_") || name == "DBUS_SYSTEM_BUS_ADDRESS" {
			out = append(out, one)
		}
	}
	return out
}

// serviceMain is plegctl within the service that [detach.Run] started, or after it.
func serviceMain(verb, dir string, args []string) int {
	ctx, stop := lifecycle.WithSignals(context.Background())
	defer stop()
	s, err := detach.Open(dir)
	if verb == detach.AfterVerb && errors.Is(err, fs.ErrNotExist) {
		return 0 // the foreground removes it when it has the answer
	}
	if err != nil {
		return ExitError
	}
	if s.Ended {
		return 0
	}
	ctx, cancel := s.Context(ctx)
	defer cancel()
	d := HostDeps()
	d.Streams = Streams{In: strings.NewReader(""), Out: s.Out, Err: s.Stderr(os.Stderr)}
	d.Caller = &s.Caller
	if verb == detach.AfterVerb {
		d.progress().Info("the change was interrupted")
	}
	code := Main(ctx, args, d)
	if verb == detach.AfterVerb {
		// The command itself has no answer: it was killed, and what it did is undone, or not.
		code = map[bool]ExitCode{true: ExitRolledBack, false: ExitRollbackFailed}[code == ExitOK]
	}
	d.progress().Flush()
	if err := s.End(code); err != nil {
		return ExitError
	}
	return 0
}
