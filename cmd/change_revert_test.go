package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// timedUnits are the simulated node's units with timers that fire when the test says so.
type timedUnits struct {
	node.Units
	armed map[string]systemd.TimerSpec
	fails bool
}

func (u *timedUnits) ArmTimer(_ context.Context, s systemd.TimerSpec) (systemd.Timer, error) {
	if u.fails {
		return systemd.Timer{}, errors.New("no timers today")
	}
	u.armed[s.Name] = s
	return systemd.Timer{Name: s.Name, Armed: true, Next: time.Now().Add(s.After)}, nil
}

func (u *timedUnits) DisarmTimer(_ context.Context, name string) error {
	if _, ok := u.armed[name]; !ok {
		return systemd.ErrNoSuchUnit
	}
	delete(u.armed, name)
	return nil
}

// confirmLab is a simulated node with timers, and a way to run plegctl on it.
type confirmLab struct {
	t      *testing.T
	units  *timedUnits
	config string
	host   func() *node.Host
}

func newConfirmLab(t *testing.T) *confirmLab {
	t.Helper()
	sim := simNode(t, simnode.Options{})
	l := &confirmLab{t: t, units: &timedUnits{armed: map[string]systemd.TimerSpec{}}}
	l.config = filepath.Join(sim.Dir(), "var/lib/kubelet/config.yaml")
	l.host = func() *node.Host {
		h := sim.Host()
		l.units.Units = h.Units
		h.Units = l.units
		return h
	}
	return l
}

func (l *confirmLab) run(want ExitCode, args ...string) (out, errs string) {
	l.t.Helper()
	var o, e bytes.Buffer
	code := Main(l.t.Context(), args, testDeps(l.host(), &o, &e, func(string) string { return "" }))
	if code != want {
		l.t.Fatalf("plegctl %s: exit %d, want %d\n%s%s", strings.Join(args, " "), code, want, o.String(), e.String())
	}
	return o.String(), e.String()
}

func (l *confirmLab) bytes() string {
	l.t.Helper()
	data, err := os.ReadFile(l.config)
	if err != nil {
		l.t.Fatal(err)
	}
	return string(data)
}

func enableOnCondition() []string {
	return []string{"enable", "--confirm-within", "5m", "--wait", "10s", "--settle", "50ms"}
}

func TestUnconfirmedChangeUndoesItself(t *testing.T) {
	t.Parallel()
	l := newConfirmLab(t)
	before := l.bytes()
	out, _ := l.run(ExitOK, append(enableOnCondition(), "-o", "json")...)
	var answer struct{ ConfirmBy, Record string }
	if err := json.Unmarshal([]byte(out), &answer); err != nil || answer.ConfirmBy == "" {
		t.Fatalf("%v: no time to confirm by in %s", err, out)
	}
	if l.bytes() == before {
		t.Fatal("nothing was changed")
	}
	armed := slices.Collect(maps.Keys(l.units.armed))
	if len(armed) != 1 || armed[0] != "plegctl-revert-"+answer.Record {
		t.Fatalf("armed: %v", armed)
	}
	// A second change must wait; nothing of it happens.
	if _, errs := l.run(ExitRefused, "disable"); !strings.Contains(errs, "plegctl confirm") {
		t.Errorf("stderr: %s", errs)
	}
	// The timer fires: systemd runs exactly this command line, in no shell.
	spec := l.units.armed[armed[0]]
	if info, err := os.Stat(spec.Exec[0]); err != nil || info.Mode()&0o100 == 0 {
		t.Fatalf("the program of the timer cannot run: %v", err)
	}
	l.run(ExitOK, spec.Exec[1:]...)
	if l.bytes() != before {
		t.Error("the change was not reverted")
	}
	history, _ := l.run(ExitOK, "history")
	if !strings.Contains(history, answer.Record+" was not confirmed in time") {
		t.Errorf("the revert is not in the history:\n%s", history)
	}
	// Once more does nothing: a timer that fires late finds the change reverted.
	l.run(ExitOK, spec.Exec[1:]...)
}

func TestConfirmedChangeStays(t *testing.T) {
	t.Parallel()
	l := newConfirmLab(t)
	before := l.bytes()
	l.run(ExitOK, enableOnCondition()...)
	spec := l.units.armed["plegctl-revert-000001-enable"]
	l.run(ExitOK, "confirm")
	if len(l.units.armed) > 0 {
		t.Errorf("still armed: %v", l.units.armed)
	}
	after := l.bytes()
	// A timer that fires in the same moment finds the change confirmed.
	l.run(ExitOK, spec.Exec[1:]...)
	if l.bytes() != after || after == before {
		t.Error("a confirmed change was reverted")
	}
	l.run(ExitError, "confirm")
}

func TestRollbackEndsTheWait(t *testing.T) {
	t.Parallel()
	l := newConfirmLab(t)
	before := l.bytes()
	l.run(ExitOK, enableOnCondition()...)
	l.run(ExitOK, "rollback", "--settle", "50ms")
	if l.bytes() != before || len(l.units.armed) > 0 {
		t.Errorf("after the rollback: armed %v", l.units.armed)
	}
}

func TestRebootRevertsAnUnconfirmedChange(t *testing.T) {
	t.Parallel()
	l := newConfirmLab(t)
	before := l.bytes()
	l.run(ExitOK, enableOnCondition()...)
	clear(l.units.armed) // what is in /run is gone after a reboot
	l.run(ExitOK, "recover")
	if l.bytes() == before {
		t.Fatal("recover took back a change that still has time")
	}
	_, errs := l.run(ExitOK, "recover", "--boot")
	if l.bytes() != before {
		t.Error("recover --boot left the change")
	}
	if strings.Contains(errs, "start kubelet") || strings.Contains(errs, "stop kubelet") {
		t.Errorf("at boot the units are not ours to start:\n%s", errs)
	}
}

func TestNoTimerNoChange(t *testing.T) {
	t.Parallel()
	l := newConfirmLab(t)
	l.units.fails = true
	before := l.bytes()
	l.run(ExitRolledBack, enableOnCondition()...)
	if l.bytes() != before {
		t.Error("a change without its safety net was made")
	}
}

func TestFailedChangeDisarms(t *testing.T) {
	t.Parallel()
	l := newConfirmLab(t)
	l.run(ExitRolledBack, append(enableOnCondition(), "--level", "delivering", "--wait", "200ms")...)
	if len(l.units.armed) > 0 {
		t.Errorf("still armed: %v", l.units.armed)
	}
}
