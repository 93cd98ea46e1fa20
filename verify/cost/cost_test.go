package cost

import (
	"math"
	"testing"
	"time"

	"github.com/plegctl/plegctl/verify"
)

func look(at time.Duration, relists, events uint64, delay, cpu float64, pid int, runtime time.Duration) Look {
	start := time.Unix(1_795_000_000, 0)
	return Look{
		Metrics: verify.Metrics{
			At: start.Add(at), ProcessStart: start, Relists: relists, Events: events,
			EventDelay: delay, CPUSeconds: cpu, HasGate: true, Gate: true,
		},
		RuntimePID: pid, RuntimeCPU: runtime,
	}
}

func TestBetween(t *testing.T) {
	f, err := Between(look(time.Minute, 10, 4, 1, 3, 7, time.Second), look(3*time.Minute, 130, 10, 1.6, 9, 7, 4*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ got, want float64 }{
		"seconds": {f.Seconds, 120}, "relists": {f.RelistsPerMinute, 60}, "events": {f.EventsPerMinute, 3},
		"delay": {f.EventDelay, 0.1}, "kubelet": {f.KubeletCPU, 5}, "runtime": {f.RuntimeCPU, 2.5},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, c.got, c.want)
		}
	}
	if !f.GateOn || !f.RuntimeCPUSeen {
		t.Errorf("figures %+v", f)
	}
}

func TestBetweenRefusesRestarts(t *testing.T) {
	before := look(time.Minute, 10, 4, 1, 3, 7, time.Second)
	after := look(2*time.Minute, 20, 5, 1.1, 4, 8, time.Second)
	f, err := Between(before, after)
	if err != nil || f.RuntimeCPUSeen {
		t.Errorf("a restarted runtime: %+v, %v", f, err)
	}
	after.Metrics.ProcessStart = after.Metrics.ProcessStart.Add(time.Second)
	if _, err := Between(before, after); err == nil {
		t.Error("a restarted kubelet gives figures")
	}
	if _, err := Between(before, before); err == nil {
		t.Error("an empty window gives figures")
	}
}
