package apply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/logscan"
)

// runs is a journal with what each run of a unit wrote, and what systemd wrote about it.
type runs map[string][]logscan.Entry

func (r runs) Read(_ context.Context, q journal.Query, fn func(logscan.Entry) error) error {
	for _, entry := range r[q.Invocation] {
		if err := fn(entry); err != nil {
			return err
		}
	}
	return nil
}

// A daemon's own last error is told, however much systemd writes about the containers that it
// leaves, and not that of a run before. It is told once.
func TestTheDaemonsOwnLastError(t *testing.T) {
	said := func(who, line string) logscan.Entry {
		return logscan.Entry{Identifier: who, Message: []byte(line)}
	}
	failedRun := []logscan.Entry{
		said("crio", `time="x" level=info msg="Updating config from path: /etc/crio/crio.conf.d"`),
		said("crio", `time="x" level=fatal msg="unable to decode configuration /etc/crio/crio.conf.d/50-mine.conf"`),
		said("systemd", "crio.service: Main process exited, code=exited, status=1/FAILURE"),
	}
	for i := range 400 {
		failedRun = append(failedRun, said("systemd", fmt.Sprintf("crio.service: Unit process %d (conmon) remains running after unit stopped.", i)))
	}
	w := newWorld(t)
	w.executor.Host.Journal = runs{"run3": failedRun, "run2": {said("crio", `time="x" level=fatal msg="of the run before"`)}}
	begin := begin(plan.GoalEnable)
	begin.Runtime = "cri-o 1.34.11"
	restarts := 0
	w.units.before = func(call string) {
		if call != "restart crio.service" {
			return
		}
		if restarts++; restarts > 1 {
			w.units.pid = 2 // its run fails in the same words
		}
		w.units.fails[call] = errors.New("failed")
	}
	_, err := w.run(t.Context(), begin, enable())
	var failed *apply.FailedError
	if !errors.As(err, &failed) || failed.Undo == nil {
		t.Fatal(err)
	}
	const words = "its last error: unable to decode configuration /etc/crio/crio.conf.d/50-mine.conf"
	if text := err.Error(); strings.Count(text, words) != 1 || strings.Contains(text, "conmon") || strings.Contains(text, "run before") {
		t.Error(text)
	}
	want := []string{
		"crio config >/dev/null   # tells of faults in its files", "journalctl -n 50 -u crio.service   # tells why it does not start",
		"systemctl restart crio.service", "systemctl restart kubelet.service", "plegctl recover   # when the cause is corrected and they run",
	}
	if !slices.Equal(failed.ManualSteps, want) {
		t.Errorf("%q", failed.ManualSteps)
	}
}
