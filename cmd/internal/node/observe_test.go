package node_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

func start(t testing.TB, o simnode.Options) *simnode.Node {
	t.Helper()
	o.Second = 20 * time.Millisecond
	sim, err := simnode.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	return sim
}

func observe(t testing.TB, sim *simnode.Node, o node.Options) verify.Facts {
	t.Helper()
	facts, err := node.Observe(context.Background(), sim.Host().ReadOnly(), o)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// until observes until it is so: for what pods of the node need a moment for.
func until(t testing.TB, sim *simnode.Node, so func(verify.Facts) bool) verify.Facts {
	t.Helper()
	for {
		if facts := observe(t, sim, node.Options{}); so(facts) {
			return facts
		}
		time.Sleep(time.Millisecond)
	}
}

func TestEveryFactOfAWorkingNode(t *testing.T) {
	on := true
	sim := start(t, simnode.Options{Runtime: "cri-o", Gate: &on, PodEvents: true, Workload: simnode.WorkloadDaemonSet})
	f := until(t, sim, func(f verify.Facts) bool {
		return f.Kubelet.Configz.Seen && f.Kubelet.Healthz.Seen && f.Kubelet.Metrics.Seen && f.Kubelet.Metrics.Value.Successes > 0
	})
	for name, seen := range map[string]bool{
		"kubelet unit": f.Kubelet.Unit.Seen, "kubelet process": f.Kubelet.Process.Seen, "version": f.Kubelet.Version.Seen,
		"inputs": f.Kubelet.Inputs.Seen, "config": f.Kubelet.Inputs.Value.Config != nil, "changed": f.Kubelet.Changed.Seen,
		"gate": f.Kubelet.Gate.Known, "relist gate": f.Kubelet.DemandRelist.Known, "healthz": f.Kubelet.Healthz.Seen, "configz": f.Kubelet.Configz.Seen,
		"static pod path": f.Kubelet.Settings.StaticPodPath.Known, "port": f.Kubelet.Settings.Port.Known, "log": f.Kubelet.Log.Seen,
		"endpoint": f.Runtime.Endpoint.Seen, "answers": f.Runtime.Answers.Seen, "runtime": f.Runtime.Name.Seen, "runtime version": f.Runtime.Version.Seen,
		"runtime unit": f.Runtime.Unit.Seen, "runtime process": f.Runtime.Process.Seen, "files": f.Runtime.Files.Seen, "events": f.Runtime.Events.Known,
		"runtime changed": f.Runtime.Changed.Seen, "streams": f.Runtime.Streams.Seen, "pods": f.Node.Pods.Seen, "static pods": f.Node.StaticPods.Seen,
		"platform": f.Node.Platform.Seen, "bus": f.Node.Bus.Seen, "journal": f.Node.JournalReadable.Seen, "root": f.Node.Root.Seen, "clock": f.Node.ClockSynced.Seen,
	} {
		if !seen {
			t.Errorf("%s was not seen", name)
		}
	}
	if !verify.Is(f.Runtime.Streams, 1) || len(f.Kubelet.Running) < 2 || len(f.Runtime.RunningEvents) != 3 || len(f.Node.Disks) == 0 {
		t.Errorf("streams %+v, running %+v, events %+v, disks %+v", f.Runtime.Streams, f.Kubelet.Running, f.Runtime.RunningEvents, f.Node.Disks)
	}
	if where := f.Kubelet.Gate.At.String(); !strings.HasPrefix(where, "/var/lib/kubelet/config.yaml:") {
		t.Errorf("the gate is from %s", where)
	}
	for _, running := range append(f.Kubelet.Running, f.Runtime.RunningEvents...) {
		if running.Seen && !running.Value {
			t.Errorf("%s says off", running.From)
		}
	}
}

// Looking changes nothing: the node's units refuse.
func TestObservingIsReadOnly(t *testing.T) {
	sim := start(t, simnode.Options{})
	before, err := sim.Host().Units.Unit(context.Background(), simnode.KubeletUnit)
	if err != nil {
		t.Fatal(err)
	}
	observe(t, sim, node.Options{})
	after, err := sim.Host().Units.Unit(context.Background(), simnode.KubeletUnit)
	if err != nil || after.InvocationID != before.InvocationID {
		t.Errorf("the kubelet's run is %s, it was %s (%v)", after.InvocationID, before.InvocationID, err)
	}
}

// The flags of the next start are in the unit's files; those of the process are older.
func TestUnitFilesThatChangedSinceTheStart(t *testing.T) {
	off := false
	sim := start(t, simnode.Options{Gate: &off})
	const flags = "/var/lib/kubelet/kubeadm-flags.env"
	if err := sim.WriteFile(flags, "KUBELET_KUBEADM_ARGS=\"--container-runtime-endpoint=unix:///run/containerd/containerd.sock --feature-gates=EventedPLEG=true\"\n"); err != nil {
		t.Fatal(err)
	}
	f := until(t, sim, func(f verify.Facts) bool { return f.Kubelet.Metrics.Seen })
	if !f.Kubelet.Gate.Value || f.Kubelet.Gate.At.Path != flags {
		t.Errorf("the gate is %v from %s", f.Kubelet.Gate.Value, f.Kubelet.Gate.At)
	}
	if v := verify.Judge(f); v.State != verify.StateRestartPending {
		t.Errorf("%s: %s", v.State, v.Reason)
	}
}

// Where the metrics may not be read, the file's change tells on its own.
func TestFileThatChangedSinceTheStart(t *testing.T) {
	off := false
	sim := start(t, simnode.Options{Gate: &off, Access: simnode.AccessForbidden})
	f := observe(t, sim, node.Options{})
	file := f.Kubelet.Inputs.Value.Config
	if err := sim.WriteFile(file.Path, strings.Replace(string(file.Data), "EventedPLEG: false", "EventedPLEG: true", 1)); err != nil {
		t.Fatal(err)
	}
	f = observe(t, sim, node.Options{})
	if v := verify.Judge(f); v.State != verify.StateRestartPending || !f.Kubelet.Gate.Value {
		t.Errorf("%s: %s; gate %v", v.State, v.Reason, f.Kubelet.Gate.Value)
	}
}

// Where nothing answers, each fact says so, and the whole look ends.
func TestHangingRuntime(t *testing.T) {
	on := true
	sim := start(t, simnode.Options{Gate: &on})
	sim.Freeze(sim.RuntimeUnit(), true)
	f := observe(t, sim, node.Options{Quick: true})
	if f.Runtime.Answers.Seen || f.Runtime.Answers.Why == "" || !verify.Is(f.Runtime.Name, known.Containerd) {
		t.Errorf("answers %+v, name %+v", f.Runtime.Answers, f.Runtime.Name)
	}
}

func TestEndedContext(t *testing.T) {
	sim := start(t, simnode.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := node.Observe(ctx, sim.Host().ReadOnly(), node.Options{}); err == nil {
		t.Error("an ended context gives facts")
	}
}

func BenchmarkObserve(b *testing.B) {
	on := true
	sim := start(b, simnode.Options{Runtime: "cri-o", Gate: &on, PodEvents: true, Workload: simnode.WorkloadDaemonSet})
	until(b, sim, func(f verify.Facts) bool { return f.Kubelet.Metrics.Seen })
	b.ReportAllocs()
	for b.Loop() {
		observe(b, sim, node.Options{Quick: true})
	}
}
