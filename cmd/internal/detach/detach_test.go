package detach

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// services runs the side of the service in a goroutine, as systemd runs it in a process.
type services struct {
	t       *testing.T
	serve   func(*Service)
	running atomic.Bool
	ended   chan struct{}
	spec    systemd.ServiceSpec
}

func newServices(t *testing.T, serve func(*Service)) *services {
	return &services{t: t, serve: serve, ended: make(chan struct{})}
}

func (s *services) StartService(_ context.Context, spec systemd.ServiceSpec) error {
	s.spec = spec
	s.running.Store(true)
	side, err := Open(spec.Exec[2])
	if err != nil {
		return err
	}
	go func() {
		defer close(s.ended)
		defer s.running.Store(false)
		s.serve(side)
	}()
	return nil
}

func (s *services) ServiceRuns(context.Context, string) (bool, error) { return s.running.Load(), nil }

func command(t *testing.T, out, err io.Writer) Command {
	shared := filepath.Join(t.TempDir(), "shared")
	return Command{
		Program: "/var/lib/plegctl/plegctl", Args: []string{"enable"}, StateDir: "/var/lib/plegctl",
		Shared: shared, Caller: record.Who{User: "anna", LoginUID: 1000}, Out: out, Err: err,
	}
}

func TestTheForegroundShowsWhatTheServiceWrites(t *testing.T) {
	var out, errs bytes.Buffer
	s := newServices(t, func(s *Service) {
		if s.Caller.User != "anna" {
			t.Errorf("the caller is %+v", s.Caller)
		}
		_, _ = s.Err.WriteString("plegctl: stop kubelet.service\n")
		_, _ = s.Out.WriteString("enable: done\n")
		if err := s.End(5); err != nil {
			t.Error(err)
		}
	})
	c := command(t, &out, &errs)
	code, err := Run(t.Context(), s, c)
	if err != nil || code != 5 || out.String() != "enable: done\n" || errs.String() != "plegctl: stop kubelet.service\n" {
		t.Errorf("%d, %v, %q, %q", code, err, &out, &errs)
	}
	if left, _ := os.ReadDir(c.Shared); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if after := strings.Join(s.spec.After, " "); !strings.Contains(after, AfterVerb) || !strings.HasSuffix(after, "recover --state-dir /var/lib/plegctl") {
		t.Errorf("what runs after a kill is %s", after)
	}
}

// TestNobodyReads: the service comes to its end whatever becomes of the foreground's
// streams, and a second signal ends the watching.
func TestNobodyReads(t *testing.T) {
	_, blocked := io.Pipe()
	told := make(chan struct{})
	s := newServices(t, func(s *Service) {
		ctx, cancel := s.Context(context.Background())
		defer cancel()
		for range 1000 {
			_, _ = s.Out.WriteString(strings.Repeat("x", 100) + "\n")
		}
		close(told)
		<-ctx.Done() // the first signal
		if err := s.End(130); err != nil {
			t.Error(err)
		}
	})
	go func() {
		<-told
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
		<-s.ended
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	}()
	_, err := Run(t.Context(), s, command(t, blocked, blocked))
	if !errors.Is(err, ErrUnwatched) {
		t.Errorf("%v", err)
	}
}

func TestAServiceThatEndsWithoutAnAnswer(t *testing.T) {
	s := newServices(t, func(*Service) {})
	_, err := Run(t.Context(), s, command(t, io.Discard, io.Discard))
	if err == nil || !strings.Contains(err.Error(), "without an answer") {
		t.Errorf("%v", err)
	}
}

// TestASharedDirectoryOfOthersIsRefused: a service of root's writes to what lies there.
func TestASharedDirectoryOfOthersIsRefused(t *testing.T) {
	for name, give := range map[string]func(string) error{
		"others can write": func(dir string) error { return os.Chmod(dir, 0o777) },
		"another's": func(dir string) error {
			if os.Geteuid() != 0 {
				t.Skip("only root can give a directory away")
			}
			return os.Chown(dir, 65534, 65534)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := command(t, io.Discard, io.Discard)
			if err := errors.Join(os.Mkdir(c.Shared, 0o700), give(c.Shared)); err != nil {
				t.Fatal(err)
			}
			if _, err := Run(t.Context(), newServices(t, nil), c); !errors.Is(err, ErrNotStarted) || !errors.Is(err, hostfs.ErrUntrusted) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestWhetherTheServiceBegan: "nothing was changed" is said only where the command cannot
// have begun, and cannot begin any more.
func TestWhetherTheServiceBegan(t *testing.T) {
	lost := errors.New("no answer")
	for name, c := range map[string]struct {
		start func(spec systemd.ServiceSpec) error
		code  int
		want  error
	}{
		"systemd's answer is lost": {
			start: func(spec systemd.ServiceSpec) error {
				s, err := Open(spec.Exec[2])
				return errors.Join(lost, err, s.End(5))
			},
			code: 5,
		},
		"it is refused":             {start: func(systemd.ServiceSpec) error { return lost }, want: ErrNotStarted},
		"the program cannot be run": {start: func(systemd.ServiceSpec) error { return nil }, want: ErrNotStarted},
	} {
		t.Run(name, func(t *testing.T) {
			var dir string
			code, err := Run(t.Context(), startOnly(func(spec systemd.ServiceSpec) error {
				dir = spec.Exec[2]
				return c.start(spec)
			}), command(t, io.Discard, io.Discard))
			if code != c.code || !errors.Is(err, c.want) {
				t.Errorf("%d, %v", code, err)
			}
			if _, err := Open(dir); err == nil && c.want != nil {
				t.Error("it can still begin")
			}
		})
	}
}

// startOnly is a systemd whose services have ended at once.
type startOnly func(systemd.ServiceSpec) error

func (s startOnly) StartService(_ context.Context, spec systemd.ServiceSpec) error { return s(spec) }

func (startOnly) ServiceRuns(context.Context, string) (bool, error) { return false, nil }
