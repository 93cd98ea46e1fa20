package cmd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/simnode/runtimesim"
	"github.com/plegctl/plegctl/verify/known"
)

// loadEvent is an event of the size that a real one has: a sandbox with labels and one
// container.
func loadEvent(i int) *runtimeapi.ContainerEventResponse {
	labels := map[string]string{"io.kubernetes.pod.name": "web-5d9c7b8f6d-x2x7k", "io.kubernetes.pod.namespace": "shop", "io.kubernetes.pod.uid": "a44c2ae6-00fa-ec8b-e340-22f045236402"}
	meta := &runtimeapi.PodSandboxMetadata{Name: "web-5d9c7b8f6d-x2x7k", Namespace: "shop", Uid: labels["io.kubernetes.pod.uid"]}
	id := fmt.Sprintf("%064x", i/4)
	return &runtimeapi.ContainerEventResponse{
		ContainerId: id, ContainerEventType: runtimeapi.ContainerEventType(i % 4), CreatedAt: time.Now().UnixNano(),
		PodSandboxStatus:   &runtimeapi.PodSandboxStatus{Id: strings.Repeat("c0ffee00", 8), Metadata: meta, Labels: labels, CreatedAt: time.Now().UnixNano()},
		ContainersStatuses: []*runtimeapi.ContainerStatus{{Id: id, Metadata: &runtimeapi.ContainerMetadata{Name: "web"}, Labels: labels, LogPath: "/var/log/pods/x.log", ImageRef: "registry.example/web@sha256:" + id}},
	}
}

// eventSource serves CRI at dir/s and emits as many events as asked for, perSecond of them
// a second (0 is as fast as it goes), once somebody reads.
func eventSource(dir string, events, perSecond int) error {
	d, err := runtimesim.Start(runtimesim.Options{Name: known.Containerd, Version: known.V(2, 4, 2), Root: dir, Socket: "/s", Second: time.Second}, runtimesim.NewStore(time.Now))
	if err != nil {
		return err
	}
	defer d.Stop()
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	begin := time.Now()
	for i := range events {
		if perSecond > 0 {
			if ahead := time.Duration(i)*time.Second/time.Duration(perSecond) - time.Since(begin); ahead > time.Millisecond {
				time.Sleep(ahead)
			}
		}
		d.Emit(loadEvent(i))
	}
	// The reader ends when it has them all.
	_, err = bufio.NewReader(os.Stdin).ReadString('\n')
	return err
}

// TestMain lets the test binary play the runtime in a process of its own, so that the
// memory that is measured is the probe's.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PLEGCTL_TEST_EVENT_SOURCE"); dir != "" {
		var events, perSecond int
		if _, err := fmt.Sscan(os.Getenv("PLEGCTL_TEST_EVENT_LOAD"), &events, &perSecond); err != nil {
			panic(err)
		}
		if err := eventSource(dir, events, perSecond); err != nil && err != io.EOF {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// load runs a source and a probe that reads all of its events, and returns how long that
// took and the largest resident memory seen meanwhile, in MiB.
func load(tb testing.TB, events, perSecond int) (took time.Duration, memory float64) {
	tb.Helper()
	dir, err := os.MkdirTemp("", "load")
	if err != nil {
		tb.Fatal(err)
	}
	defer os.RemoveAll(dir)
	source := exec.Command(os.Args[0])
	source.Env = append(os.Environ(), "PLEGCTL_TEST_EVENT_SOURCE="+dir, fmt.Sprintf("PLEGCTL_TEST_EVENT_LOAD=%d %d", events, perSecond))
	in, err := source.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := source.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := source.Start(); err != nil {
		tb.Fatal(err)
	}
	defer func() {
		_ = in.Close()
		_ = source.Wait()
	}()
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		tb.Fatal(err)
	}
	client, err := cri.Dial(filepath.Join(dir, "s"))
	if err != nil {
		tb.Fatal(err)
	}
	defer client.Close()
	d := &Deps{Streams: Streams{Out: io.Discard, Err: io.Discard}, Now: time.Now, Settings: Settings{Output: "json"}}
	p := newProbing(d, probeOptions{count: events, duration: 5 * time.Minute}, client)
	done := make(chan struct{})
	watched := make(chan float64)
	go func() { watched <- watchMemory(done) }()
	go func() {
		time.Sleep(100 * time.Millisecond)
		_, _ = io.WriteString(in, "go\n")
	}()
	begin := time.Now()
	if err := p.run(context.Background()); err != nil {
		tb.Fatal(err)
	}
	took = time.Since(begin) - 100*time.Millisecond
	close(done)
	if s := p.judge.Summary(time.Now()); s.Events != events || s.Gaps != 0 {
		tb.Fatalf("%d of %d events, %d gaps", s.Events, events, s.Gaps)
	}
	if p.unsaid != 0 {
		tb.Errorf("%d lines were not printed", p.unsaid)
	}
	return took, <-watched
}

// watchMemory is the largest VmRSS of this process until done, in MiB.
func watchMemory(done <-chan struct{}) (largest float64) {
	for {
		largest = max(largest, resident())
		select {
		case <-done:
			return largest
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func resident() float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kib, err := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
	if err != nil {
		return 0
	}
	return kib / 1024
}

// BenchmarkProbe streams as fast as it goes over a unix socket.
func BenchmarkProbe(b *testing.B) {
	const events = 100_000
	for b.Loop() {
		took, memory := load(b, events, 0)
		b.ReportMetric(events/took.Seconds(), "events/s")
		b.ReportMetric(memory, "MiB")
	}
}

// TestProbeSustained is the long run: PLEGCTL_BENCH_PROBE=60s streams 20 000 events a
// second for that long; none may be lost and memory must stay below 40 MiB.
func TestProbeSustained(t *testing.T) {
	span, err := time.ParseDuration(os.Getenv("PLEGCTL_BENCH_PROBE"))
	if err != nil {
		t.Skip("set PLEGCTL_BENCH_PROBE=60s for the long run")
	}
	runtime.GC()
	const perSecond = 20_000
	events := int(span.Seconds() * perSecond)
	took, memory := load(t, events, perSecond)
	t.Logf("%d events in %s: %.0f events/s, at most %.1f MiB resident", events, took.Round(time.Millisecond), float64(events)/took.Seconds(), memory)
	if rate := float64(events) / took.Seconds(); rate < 0.98*perSecond || memory > 40 {
		t.Errorf("%.0f events/s, %.1f MiB", rate, memory)
	}
}
