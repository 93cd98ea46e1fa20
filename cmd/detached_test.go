package cmd

import (
	"bytes"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/record"
)

// TestTheAnswerOfAKilledChange: the exit code says what became of the change, and does not
// call it rolled back where nothing was left open.
func TestTheAnswerOfAKilledChange(t *testing.T) {
	t.Parallel()
	l := newConfirmLab(t)
	before := l.bytes()
	after := func(want ExitCode, asked ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		d := testDeps(l.host(), &out, &errs, func(string) string { return "" })
		d.Caller = &record.Who{User: "anna", Command: append([]string{"plegctl"}, asked...)}
		if code := d.afterKill(t.Context(), []string{"recover"}); code != want {
			t.Errorf("exit %d, want %d\n%s%s", code, want, &out, &errs)
		}
	}
	l.killed(enableOnCondition()...)
	after(ExitRolledBack)
	if l.bytes() != before {
		t.Error("the change was not undone")
	}
	l.killed(enableOnCondition()...)
	after(ExitOK, "--state-dir", "/var/lib/plegctl", "recover") // it was to be undone
	l.run(ExitOK, enableOnCondition()...)
	changed := l.bytes()
	after(ExitInconclusive) // killed when it was committed already
	if l.bytes() != changed {
		t.Error("a change that was made was undone")
	}
	l.killed("rollback", "--settle", "50ms")
	after(ExitOK)
	if l.bytes() != before {
		t.Error("the rollback was not finished")
	}
}
