package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/verify/report"
)

// probeOverRestart probes while the runtime restarts; its output is watched, so that the
// restart comes after the first event.
func probeOverRestart(t *testing.T, args ...string) (int, report.Probe) {
	t.Helper()
	sim := simNode(t, simnode.Options{Workload: simnode.WorkloadDaemonSet, Second: 5 * time.Millisecond})
	first := make(chan struct{})
	out := &firstWrite{told: first}
	done := make(chan int)
	go func() {
		deps := testDeps(sim.Host(), out, io.Discard, func(string) string { return "" })
		done <- Main(context.Background(), append([]string{"probe", "-o", "json", "--duration", "5m"}, args...), deps)
	}()
	<-first
	if err := sim.RestartRuntime(context.Background()); err != nil {
		t.Fatal(err)
	}
	code := <-done
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	var last report.Probe
	if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil {
		t.Fatalf("%v: %s", err, lines[len(lines)-1])
	}
	return code, last
}

type firstWrite struct {
	bytes.Buffer
	told chan struct{}
	done bool
}

func (w *firstWrite) Write(b []byte) (int, error) {
	if !w.done {
		w.done = true
		close(w.told)
	}
	return w.Buffer.Write(b)
}

func TestARestartEndsTheProbeUnlessItReconnects(t *testing.T) {
	if code, last := probeOverRestart(t); code != 3 || last.Verdict != "ended" || last.Events == 0 || last.Reconnects != 0 {
		t.Errorf("without --reconnect: exit %d, %+v", code, last)
	}
	if code, last := probeOverRestart(t, "--reconnect", "--count", "100"); code != 0 || last.Verdict != "streaming" || last.Reconnects == 0 {
		t.Errorf("with --reconnect: exit %d, %+v", code, last)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestProbeEndsWhenNobodyReadsItsOutput(t *testing.T) {
	sim := simNode(t, simnode.Options{Workload: simnode.WorkloadDaemonSet})
	begin := time.Now()
	var errs bytes.Buffer
	code := Main(context.Background(), []string{"probe", "--duration", "5m"}, testDeps(sim.Host(), brokenPipe{}, &errs, func(string) string { return "" }))
	if code != ExitError || time.Since(begin) > 4*time.Minute {
		t.Errorf("exit %d after %s\n%s", code, time.Since(begin), errs.String())
	}
}

// slowOut takes its time for each write: a terminal that was stopped.
type slowOut struct{ bytes.Buffer }

func (w *slowOut) Write(b []byte) (int, error) {
	time.Sleep(100 * time.Millisecond)
	return w.Buffer.Write(b)
}

// A reader that does not read stalls containerd 2.x, so the stream is read whatever
// happens to stdout.
func TestProbeDrainsThoughStdoutIsSlow(t *testing.T) {
	sim := simNode(t, simnode.Options{Workload: simnode.WorkloadDaemonSet, Second: 2 * time.Millisecond})
	out := &slowOut{}
	code := Main(context.Background(), []string{"probe", "--count", "200", "--duration", "5m", "-o", "json"}, testDeps(sim.Host(), out, io.Discard, func(string) string { return "" }))
	if code != 0 || !bytes.Contains(out.Bytes(), []byte(`"events":200`)) {
		t.Errorf("exit %d\n%.500s", code, out.String())
	}
}
