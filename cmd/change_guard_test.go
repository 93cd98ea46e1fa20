package cmd

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
)

// watchedUnits looks at the guard whenever a unit is stopped.
type watchedUnits struct {
	*timedUnits
	stopped func()
}

func (u watchedUnits) Do(ctx context.Context, verb systemd.Verb, name string) (systemd.Unit, error) {
	if verb == systemd.Stop {
		u.stopped()
	}
	return u.timedUnits.Do(ctx, verb, name)
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
		h.Units = watchedUnits{l.units, func() {
			stops++
			guard, ok := l.units.armed["plegctl-guard-000001-enable"]
			if !ok || guard.Retry == 0 || len(guard.Exec) < 2 || guard.Exec[1] != "revert" {
				t.Errorf("the kubelet is stopped and the guard is %+v", guard)
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
	if stops == 0 || len(l.units.armed) > 0 || len(bootUnits()) > 0 {
		t.Errorf("%d stops; still armed: %v %v", stops, l.units.armed, bootUnits())
	}
	if left, err := filepath.Glob(filepath.Join(bare().Root.Dir(), "etc/systemd/system/multi-user.target.wants")); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// TestRevertAndAnotherProgram: what another program wrote elsewhere in the file stays, and
// what it wrote over our own line is not guessed at.
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
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newConfirmLab(t)
			before := l.bytes()
			l.run(ExitOK, enableOnCondition()...)
			edited := c.edit(l.bytes())
			if err := os.WriteFile(l.config, []byte(edited), 0o644); err != nil {
				t.Fatal(err)
			}
			_, errs := l.run(c.code, l.units.armed["plegctl-revert-000001-enable"].Exec[1:]...)
			if want := c.want(before, edited); l.bytes() != want {
				t.Errorf("got\n%s\nwant\n%s", l.bytes(), want)
			}
			if c.code != ExitOK && !strings.Contains(errs, "in part") {
				t.Errorf("it is not said aloud:\n%s", errs)
			}
		})
	}
}
