package cmd

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// watchedUnits looks on before each verb.
type watchedUnits struct {
	*timedUnits
	before func(systemd.Verb)
}

func (u watchedUnits) Do(ctx context.Context, verb systemd.Verb, name string) (systemd.Unit, error) {
	u.before(verb)
	return u.timedUnits.Do(ctx, verb, name)
}

// killed runs a command that is killed when it is about to start the kubelet again.
func (l *confirmLab) killed(args ...string) {
	l.t.Helper()
	bare := l.host
	defer func() {
		if recover() == nil {
			l.t.Error("it was not killed")
		}
		l.host = bare
	}()
	l.host = func() *node.Host {
		h := bare()
		h.Units = watchedUnits{l.units, func(verb systemd.Verb) {
			if verb == systemd.Start {
				panic("killed")
			}
		}}
		return h
	}
	l.run(ExitOK, args...)
}

// TestAGuardStandsByWhileADaemonIsDown: also without --confirm-within, and nothing of it is
// left afterwards.
func TestAGuardStandsByWhileADaemonIsDown(t *testing.T) {
	t.Parallel()
	l := newConfirmLab(t)
	bare := l.host
	stops := 0
	bootUnits := func() []string {
		found, err := filepath.Glob(filepath.Join(bare().Root.Dir(), "etc/systemd/system/plegctl-boot-*"))
		if err != nil {
			t.Error(err)
		}
		return found
	}
	l.host = func() *node.Host {
		h := bare()
		h.Units = watchedUnits{l.units, func(verb systemd.Verb) {
			if verb != systemd.Stop {
				return
			}
			stops++
			var guard systemd.TimerSpec
			for name, timer := range l.units.armed {
				if strings.HasPrefix(name, "plegctl-guard-") {
					guard = timer
				}
			}
			if guard.Retry == 0 || len(guard.Exec) < 2 || guard.Exec[1] != "revert" {
				t.Errorf("the kubelet is stopped and the guard is %+v", guard)
			}
			if guard.After > lifecycle.Guard {
				t.Errorf("the guard waits %s", guard.After)
			}
			if strings.Contains(strings.Join(guard.Exec, " "), "--config ") {
				t.Errorf("the guard needs a configuration file: %v", guard.Exec)
			}
			if len(bootUnits()) != 1 {
				t.Errorf("the units for the next boot are %v", bootUnits())
			}
		}}
		return h
	}
	if err := os.MkdirAll(filepath.Join(bare().Root.Dir(), "etc/systemd/system"), 0o755); err != nil {
		t.Fatal(err)
	}
	l.run(ExitOK, "enable", "--wait", "10s", "--settle", "50ms")
	l.run(ExitOK, "rollback", "--settle", "50ms")
	l.run(ExitOK, "enable", "--wait", "10s", "--settle", "50ms", "--confirm-within", "24h")
	l.run(ExitOK, "confirm")
	if stops == 0 || len(l.units.armed) > 0 || len(bootUnits()) > 0 {
		t.Errorf("%d stops; still armed: %v %v", stops, l.units.armed, bootUnits())
	}
	if left, err := filepath.Glob(filepath.Join(bare().Root.Dir(), "etc/systemd/system/multi-user.target.wants")); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// TestRevertAndAnotherProgram: what another program wrote elsewhere in the file stays, and
// what it wrote over our own line is not guessed at; after a change that was made and not
// confirmed, and after one that was killed. No exit code lets systemd try again where that
// would only restart the daemons once more.
func TestRevertAndAnotherProgram(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(string) string
		code ExitCode
		want func(before, edited string) string
	}{
		"a comment": {
			func(s string) string { return s + "# another program\n" }, ExitOK,
			func(before, _ string) string { return before + "# another program\n" },
		},
		"our own line": {
			func(s string) string {
				return strings.Replace(s, "EventedPLEG: true", "EventedPLEG: true # another", 1)
			}, ExitRefused,
			func(_, edited string) string { return edited },
		},
	} {
		for timer, make := range map[string]func(*confirmLab){
			"plegctl-revert-000001-enable": func(l *confirmLab) { l.run(ExitOK, enableOnCondition()...) },
			"plegctl-guard-000001-enable":  func(l *confirmLab) { l.killed(enableOnCondition()...) },
		} {
			t.Run(name+"/"+timer, func(t *testing.T) {
				t.Parallel()
				l := newConfirmLab(t)
				before := l.bytes()
				make(l)
				edited := c.edit(l.bytes())
				if err := os.WriteFile(l.config, []byte(edited), 0o644); err != nil {
					t.Fatal(err)
				}
				_, errs := l.run(c.code, l.units.armed[timer].Exec[1:]...)
				if want := c.want(before, edited); l.bytes() != want {
					t.Errorf("got\n%s\nwant\n%s", l.bytes(), want)
				}
				if c.code != ExitOK && !strings.Contains(errs, "in part") {
					t.Errorf("it is not said aloud:\n%s", errs)
				}
			})
		}
	}
}
