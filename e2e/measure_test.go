package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// envMeasure turns the measurement on and says how long each kubelet is
// watched. It takes four times that, and more, so CI does not run it.
const envMeasure = "PLEGCTL_E2E_MEASURE"

// What the feature brings: 30 pods, three of which have a container that
// ends every few seconds; the gate off against on.
func TestMeasure(t *testing.T) {
	window, err := time.ParseDuration(os.Getenv(envMeasure))
	if err != nil {
		t.Skipf("set %s to a duration such as 5m to measure", envMeasure)
	}
	var table strings.Builder
	table.WriteString("| kubelet | gate | kubelet CPU | containerd CPU | relists per minute | exits | exit seen after: median | p90 | worst |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, version := range kubelets()[1:] {
		for _, on := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%t", version, on), func(t *testing.T) {
				n := boot(t, node.Spec{Kubelet: version, Verbosity: 2, Gate: &on, Pods: thirtyPods()})
				settle(t, window/4)
				s := measure(t, n, window)
				fmt.Fprintf(&table, "| %s | %s | %.2f %% | %.2f %% | %.1f | %d | %d ms | %d ms | %d ms |\n",
					version, map[bool]string{false: "off", true: "on"}[on],
					100*s.kubelet.Seconds()/s.window.Seconds(), 100*s.containerd.Seconds()/s.window.Seconds(),
					s.relists/s.window.Minutes(), len(s.delays),
					s.delay(0.5).Milliseconds(), s.delay(0.9).Milliseconds(), s.delay(1).Milliseconds())
			})
		}
	}
	fmt.Printf("\nCPU in percent of one core, over %v each:\n\n%s\n", window, table.String())
}

func thirtyPods() []node.Pod {
	var all []node.Pod
	for i := range 27 {
		all = append(all, node.Steady(fmt.Sprintf("steady-%02d", i)))
	}
	for i := range 3 {
		// Different periods, so that the ends are spread over the relist period.
		all = append(all, node.Pod{Name: fmt.Sprintf("ends-%02d", i), Line: fmt.Sprintf("sleep %d.%d", 5+i, 3*i)})
	}
	return all
}

// settle lets start-up work fade before the counters are read.
func settle(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-t.Context().Done():
	case <-time.After(d):
	}
}

// sample is what one node did during the window.
type sample struct {
	window              time.Duration
	kubelet, containerd time.Duration // CPU time
	relists             float64
	delays              []time.Duration // from a container's end to the kubelet's event, sorted
}

func (s sample) delay(part float64) time.Duration {
	if len(s.delays) == 0 {
		return 0
	}
	return s.delays[min(int(part*float64(len(s.delays))), len(s.delays)-1)]
}

func measure(t *testing.T, n *node.Node, window time.Duration) sample {
	t.Helper()
	type reading struct {
		at                  time.Time
		kubelet, containerd time.Duration
		relists             float64
	}
	read := func() reading {
		m, err := n.Metrics(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return reading{time.Now(), cpuTime(t, n, "kubelet.service"), cpuTime(t, n, "containerd.service"), m[node.RelistsDone]}
	}
	before := read()
	settle(t, window)
	after := read()
	s := sample{
		window:     after.at.Sub(before.at),
		kubelet:    after.kubelet - before.kubelet,
		containerd: after.containerd - before.containerd,
		relists:    after.relists - before.relists,
		delays:     exitDelays(t, n, before.at, after.at),
	}
	slices.Sort(s.delays)
	return s
}

// cpuTime is the CPU time of a unit's main process, all its threads, from
// /proc/PID/stat; the shims of containers count for nobody.
func cpuTime(t *testing.T, n *node.Node, unit string) time.Duration {
	t.Helper()
	stat := must(t, n, "cat /proc/$(systemctl show -P MainPID "+unit+")/stat")
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	var user, system int64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		t.Fatalf("CPU time of %s: %v", unit, err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100 on Linux
}
