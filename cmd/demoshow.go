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
	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/verify/report"
)

// notTheNodes are plegctl's own record and what is gone after a reboot anyway.
func notTheNodes() []string { return []string{"/var/lib/plegctl", "/run"} }

// play goes through the story; an unexpected step does not stop it.
func (s *demoShow) play(ctx context.Context) (err error) {
	s.note("a simulated node in %s: kubelet %s, %s %s; nothing of this machine is touched", s.sim.Dir(), s.cast.Kubelet, s.cast.Runtime, s.cast.RuntimeVersion)
	s.own = filepath.Join(filepath.Dir(s.sim.Dir()), "plegctl.yaml")
	if err := os.WriteFile(s.own, nil, 0o600); err != nil {
		return err
	}
	if s.before, err = demo.ReadFiles(s.sim.Dir(), notTheNodes()...); err != nil {
		return err
	}
	story, err := s.cast.Story()
	if err != nil {
		return err
	}
	s.body.FilesChanged = []string{}
	for i, step := range story {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		s.note("\n[%d/%d] %s", i+1, len(story), step.Tell)
		begin := s.d.Now()
		done := report.DemoStep{Name: step.Name, Command: strings.Fields(step.Run)}
		if err := s.act(ctx, step.Act, &done); err != nil {
			return err
		}
		if step.Run != "" {
			s.run(ctx, step, &done)
		}
		done.OK, done.Took = done.Why == "", s.d.Now().Sub(begin).Seconds()
		s.body.Steps = append(s.body.Steps, done)
		switch {
		case !done.OK:
			s.note("  -> UNEXPECTED: %s", done.Why)
		case step.Run == "":
			s.note("  -> %d files and directories are byte for byte as before", s.body.FilesCompared)
		case done.State != "":
			s.note("  -> exit code %d, state %s, as expected", done.ExitCode, done.State)
		default:
			s.note("  -> exit code %d, as expected", done.ExitCode)
		}
	}
	return nil
}

// run runs the command of a step and notes what was unexpected.
func (s *demoShow) run(ctx context.Context, step demo.Step, done *report.DemoStep) {
	s.note("  $ plegctl %s", step.Run)
	var out bytes.Buffer
	done.ExitCode = s.plegctl(ctx, &out, &out, done.Command...)
	for line := range strings.Lines(out.String()) {
		s.note("  | %s", strings.TrimRight(line, "\n"))
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

func (s *demoShow) act(ctx context.Context, act string, done *report.DemoStep) error {
	switch act {
	case demo.ActRestartRuntime:
		s.note("  # systemctl restart %s", s.sim.RuntimeUnit())
		return s.sim.RestartRuntime(ctx)
	case demo.ActRestartKubelet:
		s.note("  # systemctl restart %s", simnode.KubeletUnit)
		return s.sim.RestartKubelet(ctx)
	case demo.ActCompare:
		after, err := demo.ReadFiles(s.sim.Dir(), notTheNodes()...)
		s.body.FilesCompared, s.body.FilesChanged = len(s.before), append([]string{}, demo.Changed(s.before, after)...)
		if len(s.body.FilesChanged) > 0 {
			done.Why = "changed: " + strings.Join(s.body.FilesChanged, ", ")
		}
		return err
	}
	return nil
}
