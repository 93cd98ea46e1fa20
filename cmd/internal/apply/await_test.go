package apply_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// TestNobodyStartsAStoppedUnit: systemd stops the daemons for a reboot, and an answer of one
// that it starts no more is not waited for.
func TestNobodyStartsAStoppedUnit(t *testing.T) {
	for name, c := range map[string]struct {
		job   int
		waits bool
	}{
		"stopped":             {},
		"about to be started": {job: 7, waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.executor.Poll = time.Second
			synctest.Test(t, func(t *testing.T) {
				stopped := down()
				stopped.Job = c.job
				w.units.units["kubelet.service"] = stopped
				began := time.Now()
				_, err := w.run(t.Context(), begin(plan.GoalEnable), plan.Plan{Goal: plan.GoalEnable, Steps: []plan.Step{plan.AwaitHealthz{Address: "127.0.0.1", Port: 1}}})
				if waited := time.Since(began) >= lifecycle.Wait; waited != c.waits || err == nil {
					t.Errorf("waited %v: %v", time.Since(began), err)
				}
				if !c.waits && !strings.Contains(err.Error(), "the unit is stopped") {
					t.Errorf("%v", err)
				}
			})
		})
	}
}
