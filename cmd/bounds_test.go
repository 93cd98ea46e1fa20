package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/settings"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/logscan"
)

// mute is an edge of a node at which nothing answers before the caller gives up.
type mute struct{ node.Processes }

func (mute) Unit(ctx context.Context, _ string) (systemd.Unit, error) {
	<-ctx.Done()
	return systemd.Unit{}, ctx.Err()
}

func (m mute) Do(ctx context.Context, _ systemd.Verb, name string) (systemd.Unit, error) {
	return m.Unit(ctx, name)
}

func (mute) Reload(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func (mute) Read(ctx context.Context, _ journal.Query, _ func(logscan.Entry) error) error {
	<-ctx.Done()
	return ctx.Err()
}

func (mute) Output(ctx context.Context, _ string, _ ...string) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (m mute) Staged(ctx context.Context, program string, _ map[string][]byte, _ func(string) []string) ([]byte, error) {
	return m.Output(ctx, program)
}

func (mute) Named(string) ([]procfs.Process, error)    { return nil, nil }
func (mute) InCgroup(string) ([]procfs.Process, error) { return nil, nil }
func (mute) Process(int) (procfs.Process, error)       { return procfs.Process{}, os.ErrNotExist }

// oneUnit is a systemd that knows the kubelet's unit.
type oneUnit struct{ mute }

func (oneUnit) Unit(_ context.Context, name string) (systemd.Unit, error) {
	if name != simnode.KubeletUnit {
		return systemd.Unit{}, systemd.ErrNoSuchUnit
	}
	return systemd.Unit{Name: name, Load: "loaded", Active: "active", Sub: "running", InvocationID: strings.Repeat("0a", 16)}, nil
}

// timed runs a command and returns how long that took by the clock of the test.
func timed(t *testing.T, d *Deps, args ...string) (code ExitCode, took time.Duration, said string) {
	t.Helper()
	var out, errs bytes.Buffer
	d.Streams.Out, d.Streams.Err = &out, &errs
	began := time.Now()
	code = Main(t.Context(), args, d)
	return code, time.Since(began), out.String() + errs.String()
}

// TestVerbsAnswerInTime: where systemd and the journal are silent, every verb ends within the
// bound that the documents give, and status calls what it has not seen inconclusive. The
// clock is that of the bubble, so the time is exact on any machine.
func TestVerbsAnswerInTime(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"etc/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml\n",
		"var/lib/kubelet/config.yaml":        "kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\n",
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := hostfs.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, units := range map[string]node.Units{"systemd and the journal": mute{}, "the journal": oneUnit{}} {
		for _, bound := range lifecycle.Verbs() {
			for verb := range strings.SplitSeq(bound.Name, ", ") {
				args := strings.Fields(verb)
				if c, _, err := newRootCommand(HostDeps()).Find(args); err != nil || c.Name() != args[0] {
					continue // a way to end, and no verb
				}
				host := &node.Host{Root: root, Now: time.Now, Units: units, Journal: mute{}, Processes: mute{}, Programs: mute{}, Machine: quiet{}}
				d := testDeps(host, nil, nil, func(string) string { return "" })
				synctest.Test(t, func(t *testing.T) {
					code, took, said := timed(t, d, args...)
					t.Logf("%s is silent, %s: exit %d after %s", name, verb, code, took)
					if took > bound.Limit || verb == "status" && code != ExitInconclusive {
						t.Errorf("%s is silent, %s: exit %d after %s\n%s", name, verb, code, took, said)
					}
				})
			}
		}
	}
}

// quiet is a machine that tells nothing of interest.
type quiet struct{}

func (quiet) Privileged() bool           { return true }
func (quiet) ClockSynced() (bool, error) { return true, nil }

// TestStatusBesideFrozenDaemons: a kubelet or a runtime that takes connections and answers
// nothing costs its own bound, and is no reason to give up. Sockets know no false clock, so
// this takes some seconds.
func TestStatusBesideFrozenDaemons(t *testing.T) {
	for _, unit := range []string{simnode.KubeletUnit, "containerd.service"} {
		t.Run(unit, func(t *testing.T) {
			t.Parallel()
			on := true
			sim := simNode(t, simnode.Options{Gate: &on})
			sim.Freeze(unit, true)
			code, took, said := timed(t, testDeps(sim.Host(), nil, nil, func(string) string { return "" }), "status", "-v")
			t.Logf("exit %d after %s", code, took)
			if code == ExitOK || !strings.Contains(strings.Join(strings.Fields(said), " "), "no answer in time") || strings.Contains(said, "file system") {
				t.Errorf("exit %d\n%s", code, said)
			}
		})
	}
}

// TestStatusOnAHangingFileSystem: a FUSE file system that nobody serves holds up whoever
// looks at it, as NFS does whose server is gone.
func TestStatusOnAHangingFileSystem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := filepath.Join(dir, "var/lib/kubelet")
	if err := os.MkdirAll(config, 0o755); err != nil {
		t.Fatal(err)
	}
	server, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err == nil {
		defer server.Close()
		err = syscall.Mount("nobody", config, "fuse", 0, fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0", server.Fd()))
	}
	if err != nil {
		t.Skipf("SKIPPED, nothing was proven: no FUSE here: %v", err)
	}
	defer func() { _ = syscall.Unmount(config, syscall.MNT_DETACH) }()
	d := testDeps(nil, nil, nil, func(string) string { return "" })
	d.Host = func(_ context.Context, s settings.Settings) (*node.Host, error) { return node.Open(dir, true) }
	code, took, said := timed(t, d, "status")
	t.Logf("exit %d after %s", code, took)
	if code != ExitInconclusive || !strings.Contains(said, "file system") {
		t.Errorf("exit %d\n%s", code, said)
	}
}
