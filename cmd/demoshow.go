package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/demo"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
)

// demoShow is one run of the demo.
type demoShow struct {
	d    *Deps
	sim  *simnode.Node
	cast demo.Cast
	kept string

	own      string // an empty configuration of plegctl's own
	before   demo.Files
	steps    []demoStep
	compared int
	changed  []string
}

// play goes through the story; a step that is not as told does not stop it.
func (s *demoShow) play(ctx context.Context) (err error) {
	s.note("a simulated node in %s: kubelet %s, %s %s; nothing of this machine is touched", s.sim.Dir(), s.cast.Kubelet, s.cast.Runtime, s.cast.RuntimeVersion)
	s.own = filepath.Join(filepath.Dir(s.sim.Dir()), "plegctl.yaml")
	if err := os.WriteFile(s.own, nil, 0o600); err != nil {
		return err
	}
	if s.before, err = s.files(); err != nil {
		return err
	}
	story := demo.Story(s.cast)
	for i, step := range story {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		s.note("")
		s.note("[%d/%d] %s", i+1, len(story), step.Tell)
		begin := s.d.Now()
		done := demoStep{Name: step.Name, Command: step.Args}
		done.Why, err = s.step(ctx, step, &done)
		if err != nil {
			return err
		}
		done.OK, done.Took = done.Why == "", s.d.Now().Sub(begin).Seconds()
		s.steps = append(s.steps, done)
		s.judged(done)
	}
	return nil
}

func (s *demoShow) judged(done demoStep) {
	switch {
	case !done.OK:
		s.note("  -> NOT AS TOLD: %s", done.Why)
	case len(done.Command) == 0:
		s.note("  -> %d files and folders are byte for byte as before", s.compared)
	case done.State != "":
		s.note("  -> exit code %d, state %s, as told", done.ExitCode, done.State)
	default:
		s.note("  -> exit code %d, as told", done.ExitCode)
	}
}

// step does one step and says what was not as told.
func (s *demoShow) step(ctx context.Context, step demo.Step, done *demoStep) (why string, err error) {
	if why, err := s.act(ctx, step.Act); err != nil || why != "" {
		return why, err
	}
	if len(step.Args) == 0 {
		return "", nil
	}
	s.note("  $ plegctl %s", strings.Join(step.Args, " "))
	code, said := s.run(ctx, step.Args...)
	for line := range strings.Lines(said) {
		s.note("  | %s", strings.TrimRight(line, "\n"))
	}
	done.ExitCode = code
	if code != step.Code {
		return fmt.Sprintf("exit code %d, want %d", code, step.Code), nil
	}
	for _, part := range step.Says {
		if !strings.Contains(said, part) {
			return fmt.Sprintf("it does not say %q", part), nil
		}
	}
	if step.State == "" {
		return "", nil
	}
	if done.State = s.state(ctx); done.State != step.State {
		return fmt.Sprintf("the state is %q, want %q", done.State, step.State), nil
	}
	return "", nil
}

func (s *demoShow) act(ctx context.Context, act demo.Act) (why string, err error) {
	switch act {
	case demo.ActNone:
	case demo.ActRestartRuntime:
		s.note("  # systemctl restart %s", s.sim.RuntimeUnit())
		return "", s.sim.RestartRuntime(ctx)
	case demo.ActRestartKubelet:
		s.note("  # systemctl restart kubelet.service")
		return "", s.sim.RestartKubelet(ctx)
	case demo.ActCompare:
		after, err := s.files()
		if err != nil {
			return "", err
		}
		s.compared, s.changed = len(s.before), demo.Changed(s.before, after)
		if len(s.changed) > 0 {
			return "changed: " + strings.Join(s.changed, ", "), nil
		}
	}
	return "", nil
}

// files are the node's, without plegctl's own record and what is gone after a reboot anyway.
func (s *demoShow) files() (demo.Files, error) {
	return demo.ReadFiles(s.sim.Dir(), "/var/lib/plegctl", "/run")
}

// run is the command tree itself, on the simulated node.
func (s *demoShow) run(ctx context.Context, args ...string) (code int, said string) {
	var out bytes.Buffer
	code = s.runTo(ctx, &out, &out, args...)
	return code, out.String()
}

func (s *demoShow) runTo(ctx context.Context, out, errs *bytes.Buffer, args ...string) int {
	inner := &Deps{
		Streams: Streams{In: strings.NewReader(""), Out: out, Err: errs},
		Now:     s.d.Now,
		// Neither the settings nor the configuration of this machine reach the node.
		Getenv: func(string) string { return "" },
		Self:   s.d.Self,
		Host:   func(context.Context, Settings) (*node.Host, error) { return s.sim.Host(), nil },
	}
	return Main(ctx, append(args, "--config", s.own, "--color", "never"), inner)
}

// state is what `plegctl status` says.
func (s *demoShow) state(ctx context.Context) string {
	var out, errs bytes.Buffer
	s.runTo(ctx, &out, &errs, "status", "-o", "json")
	var said Envelope
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		return "unreadable: " + errs.String()
	}
	return said.State
}

// note tells the story on stderr; --quiet silences it.
func (s *demoShow) note(format string, args ...any) {
	if s.d.Settings.Quiet {
		return
	}
	// A closed stderr must never stop the show.
	_, _ = fmt.Fprintf(s.d.Streams.Err, format+"\n", args...)
}
