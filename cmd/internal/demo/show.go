package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/verify/report"
)

// Show is one run of the
type Show struct {
	Cast Cast
	// Sim is the node, and Body what came of it so far.
	Sim  *simnode.Node
	Body report.Demo
	// Plegctl is the command tree itself, on that node. Neither the settings nor the
	// configuration of this machine reach it.
	Plegctl func(ctx context.Context, out, errs *bytes.Buffer, args ...string) int
	// Note tells the story, a line at a time.
	Note func(format string, args ...any)
	Now  func() time.Time

	own    string // an empty configuration of plegctl's own
	before Files
}

// notTheNodes are plegctl's own record and what is gone after a reboot anyway.
func notTheNodes() []string { return []string{"/var/lib/plegctl", "/run"} }

// Play goes through the story; an unexpected step does not stop it.
func (s *Show) Play(ctx context.Context) (err error) {
	s.Note("a simulated node in %s: kubelet %s, %s %s; nothing of this machine is touched", s.Sim.Dir(), s.Cast.Kubelet, s.Cast.Runtime, s.Cast.RuntimeVersion)
	s.own = filepath.Join(filepath.Dir(s.Sim.Dir()), "plegctl.yaml")
	if err := os.WriteFile(s.own, nil, 0o600); err != nil {
		return err
	}
	if s.before, err = ReadFiles(s.Sim.Dir(), notTheNodes()...); err != nil {
		return err
	}
	story, err := s.Cast.Story()
	if err != nil {
		return err
	}
	s.Body.FilesChanged = []string{}
	for i, step := range story {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		s.Note("\n[%d/%d] %s", i+1, len(story), step.Tell)
		begin := s.Now()
		done := report.DemoStep{Name: step.Name, Command: strings.Fields(step.Run)}
		if err := s.act(ctx, step.Act, &done); err != nil {
			return err
		}
		if step.Run != "" {
			s.run(ctx, step, &done)
		}
		done.OK, done.Took = done.Why == "", s.Now().Sub(begin).Seconds()
		s.Body.Steps = append(s.Body.Steps, done)
		switch {
		case !done.OK:
			s.Note("  -> UNEXPECTED: %s", done.Why)
		case step.Run == "":
			s.Note("  -> %d files and directories are byte for byte as before", s.Body.FilesCompared)
		case done.State != "":
			s.Note("  -> exit code %d, state %s, as expected", done.ExitCode, done.State)
		default:
			s.Note("  -> exit code %d, as expected", done.ExitCode)
		}
	}
	return nil
}

// run runs the command of a step and notes what was unexpected.
func (s *Show) run(ctx context.Context, step Step, done *report.DemoStep) {
	s.Note("  $ plegctl %s", step.Run)
	var out bytes.Buffer
	done.ExitCode = s.plegctl(ctx, &out, &out, done.Command...)
	for line := range strings.Lines(out.String()) {
		s.Note("  | %s", strings.TrimRight(line, "\n"))
	}
	if done.ExitCode != step.Code {
		done.Why = fmt.Sprintf("exit code %d, want %d", done.ExitCode, step.Code)
		return
	}
	for _, part := range step.Says {
		if !strings.Contains(out.String(), part) {
			done.Why = fmt.Sprintf("the output does not contain %q", part)
			return
		}
	}
	if step.State == "" {
		return
	}
	var status, errs bytes.Buffer
	var said report.Envelope
	s.plegctl(ctx, &status, &errs, "status", "-o", "json")
	if err := json.Unmarshal(status.Bytes(), &said); err != nil {
		said.State = "unreadable: " + errs.String()
	}
	if done.State = said.State; done.State != step.State {
		done.Why = fmt.Sprintf("the state is %q, want %q", done.State, step.State)
	}
}

func (s *Show) act(ctx context.Context, act string, done *report.DemoStep) error {
	switch act {
	case ActRestartRuntime:
		s.Note("  # systemctl restart %s", s.Sim.RuntimeUnit())
		return s.Sim.RestartRuntime(ctx)
	case ActRestartKubelet:
		s.Note("  # systemctl restart %s", simnode.KubeletUnit)
		return s.Sim.RestartKubelet(ctx)
	case ActCompare:
		after, err := ReadFiles(s.Sim.Dir(), notTheNodes()...)
		s.Body.FilesCompared, s.Body.FilesChanged = len(s.before), append([]string{}, Changed(s.before, after)...)
		if len(s.Body.FilesChanged) > 0 {
			done.Why = "changed: " + strings.Join(s.Body.FilesChanged, ", ")
		}
		return err
	}
	return nil
}

func (s *Show) plegctl(ctx context.Context, out, errs *bytes.Buffer, args ...string) int {
	return s.Plegctl(ctx, out, errs, append(args, "--config", s.own, "--color", "never")...)
}
