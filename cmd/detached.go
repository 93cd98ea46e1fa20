package cmd

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/detach"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/record"
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
	color := map[bool]string{true: "always", false: "never"}[d.style().Color]
	if d.Getenv("KUBERNETES_SERVICE_HOST") != "" { // set in every container of a pod
		d.progress().Info("note: this session runs in a pod and may end with the kubelet; the change goes on, and `plegctl history` shows its end")
	}
	code, err := detach.Run(ctx, services, detach.Command{
		Program: program, Args: append(append([]string{}, d.Args...), "--color="+color), Env: os.Environ(),
		Shared: env.Host.Root.Path(hostfs.LockDir), StateDir: d.Settings.StateDir, Caller: env.Who, Out: d.Streams.Out, Err: d.Streams.Err,
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

// serviceMain is plegctl within the service that [detach.Run] started, or after it.
func serviceMain(verb, dir string, args []string, d *Deps) int {
	ctx, stop := lifecycle.WithSignals(context.Background())
	defer stop()
	after := verb == detach.AfterVerb
	s, err := detach.Open(dir)
	switch {
	case err == nil && s.Ended, err != nil && after && d.Getenv("SERVICE_RESULT") == "success":
		return 0 // the foreground removes the directory when it has the answer
	case err != nil && !after:
		return ExitError
	case err != nil: // nobody watches any more
		who := change.WhoRuns(d.Getenv)
		d.Caller = &who
		return d.afterKill(ctx, args)
	}
	d.Streams = Streams{In: strings.NewReader(""), Out: s.Out, Err: s.Stderr(os.Stderr)}
	d.Caller = &s.Caller
	var code ExitCode
	switch {
	case !after:
		watched, cancel := s.Context(ctx)
		defer cancel()
		code = Main(watched, args, d)
	case s.Began:
		code = d.afterKill(ctx, args)
	default:
		d.fail(errors.New("systemd could not run the change, so nothing was changed"))
		code = ExitError
	}
	d.progress().Flush()
	if err := s.End(code); err != nil {
		return ExitError
	}
	return 0
}

// afterKill recovers what a killed command left, and returns the exit code of that command:
// it has no answer itself.
func (d *Deps) afterKill(ctx context.Context, recoverArgs []string) ExitCode {
	d.progress().Info("the change was interrupted")
	var outcome record.Outcome
	d.killed = &outcome
	switch code := Main(ctx, recoverArgs, d); {
	case code != ExitOK:
		return ExitRollbackFailed
	case outcome == record.Committed, outcome == record.RolledBack && d.asked("recover"): //nolint:contextcheck // the verb is only looked up
		return ExitOK // where the killed command wanted to be
	case outcome == record.RolledBack:
		return ExitRolledBack
	}
	d.progress().Info("it left no step half done; `plegctl status` shows whether it was made")
	return ExitInconclusive
}

// asked reports whether that is the verb that the caller asked for.
func (d *Deps) asked(verb string) bool {
	c, _, err := newRootCommand(d).Find(d.Caller.Command[min(1, len(d.Caller.Command)):])
	return err == nil && c.Name() == verb
}
