package cmd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/cmd/internal/eventstream"
	"github.com/plegctl/plegctl/cmd/internal/intruder"
	"github.com/plegctl/plegctl/cmd/internal/simnode/runtimesim"
	"github.com/plegctl/plegctl/verify/report"
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
	d, err := runtimesim.Start(runtimesim.Options{Runtime: runtimesim.Containerd, Version: "2.4.2", Root: dir, Socket: "/s", Second: time.Second}, runtimesim.NewStore(time.Now))
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

// TestMain lets the test binary play the runtime in a process of its own, so that what is
// measured is the probe.
func TestMain(m *testing.M) {
	if code, played := intruder.Play(map[string]intruder.Role{"kubelet": playKubelet, "runtime": playRuntime}); played {
		os.Exit(code)
	}
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

// startSource runs a source in a process of its own; events come after a line on its stdin.
func startSource(tb testing.TB, events, perSecond int) (socket string, stdin io.Writer) {
	tb.Helper()
	dir, err := os.MkdirTemp("", "load")
	if err != nil {
		tb.Fatal(err)
	}
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
	tb.Cleanup(func() {
		_ = in.Close()
		_ = source.Wait()
		_ = os.RemoveAll(dir)
	})
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		tb.Fatal(err)
	}
	return filepath.Join(dir, "s"), in
}

// load reads all events of a source in this process and returns how long that took.
func load(tb testing.TB, events int) time.Duration {
	tb.Helper()
	socket, in := startSource(tb, events, 0)
	client, err := cri.Dial(socket)
	if err != nil {
		tb.Fatal(err)
	}
	defer client.Close()
	p := eventstream.Reader{Client: client, Count: events, Now: time.Now}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	const head = 100 * time.Millisecond
	go func() {
		time.Sleep(head)
		_, _ = io.WriteString(in, "go\n")
	}()
	begin := time.Now()
	s, _, err := p.Run(ctx, report.NewEvents(io.Discard, "json"))
	if err != nil {
		tb.Fatal(err)
	}
	took := time.Since(begin) - head
	if s.Events != events || s.Gaps != 0 {
		tb.Fatalf("%d of %d events, %d gaps", s.Events, events, s.Gaps)
	}
	return took
}

// BenchmarkProbe streams as fast as it goes over a unix socket.
func BenchmarkProbe(b *testing.B) {
	const events = 100_000
	for b.Loop() {
		b.ReportMetric(events/load(b, events).Seconds(), "events/s")
	}
}

// TestProbeSustained is the long run, with the real program: PLEGCTL_BENCH_PROBE=60s
// streams 21 000 events a second for that long and prints each as JSON; none may be lost
// and the program's resident memory must stay below 40 MB.
func TestProbeSustained(t *testing.T) {
	span, err := time.ParseDuration(os.Getenv("PLEGCTL_BENCH_PROBE"))
	if err != nil {
		t.Skip("set PLEGCTL_BENCH_PROBE=60s for the long run")
	}
	const perSecond = 21_000
	events := int(span.Seconds() * perSecond)
	program := filepath.Join(t.TempDir(), "plegctl")
	if said, err := exec.Command("go", "build", "-tags", "grpcnotrace", "-ldflags", "-s -w", "-o", program, "..").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, said)
	}
	socket, in := startSource(t, events, perSecond)
	probe := exec.Command(program, "probe", "--runtime-endpoint", "unix://"+socket, "--count", strconv.Itoa(events), "--duration", "10m", "-o", "json", "-q")
	out, err := probe.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := probe.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second) // it opens its stream
	if _, err := io.WriteString(in, "go\n"); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	done, watched := make(chan struct{}), make(chan float64)
	go func() { watched <- watchMemory(probe.Process.Pid, done) }()
	lines, last := countLines(out)
	took := time.Since(begin)
	close(done)
	memory := <-watched
	if err := probe.Wait(); err != nil {
		t.Fatalf("%v: %s", err, last)
	}
	var said report.Probe
	if err := json.Unmarshal([]byte(last), &said); err != nil {
		t.Fatalf("%v: %s", err, last)
	}
	rate := float64(events) / took.Seconds()
	t.Logf("%d events, %d lines in %s: %.0f events/s, at most %.1f MB resident; %s", events, lines, took.Round(time.Millisecond), rate, memory, last)
	// Lines that a slow reader of stdout did not take are left out, and said.
	if said.Events != events || lines+said.Unprinted != events+1 || rate < 0.98*perSecond || memory > 40 {
		t.Errorf("%d lines, %.0f events/s, %.1f MB", lines, rate, memory)
	}
}

// countLines reads to the end and returns how many lines there were, and the last one.
func countLines(r io.Reader) (lines int, last string) {
	b := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := b.ReadSlice('\n')
		if err != nil {
			return lines, last
		}
		lines++
		if bytes.Contains(line, []byte(`"kind":"Probe"`)) {
			last = string(line)
		}
	}
}

// watchMemory is the largest resident memory of a process until done, in MB.
func watchMemory(pid int, done <-chan struct{}) (largest float64) {
	for {
		largest = max(largest, resident(pid))
		select {
		case <-done:
			return largest
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// resident is VmRSS in MB, 0 once the process is gone.
func resident(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kib, err := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
	if err != nil {
		return 0
	}
	return kib * 1024 / 1e6
}
