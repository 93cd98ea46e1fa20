package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/simnode"
	"github.com/plegctl/plegctl/verify/report"
)

// follower is a command that runs while the test looks at what it writes.
type follower struct {
	out  io.Reader
	code chan int
}

func startFollow(t *testing.T, sim *simnode.Node, args ...string) (follower, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	read, write := io.Pipe()
	deps := testDeps(nil, write, io.Discard, func(string) string { return "" })
	if sim != nil {
		deps = testDeps(sim.Host(), write, io.Discard, func(string) string { return "" })
	}
	f := follower{read, make(chan int, 1)}
	go func() {
		code := Main(ctx, append([]string{"logs", "--follow"}, args...), deps)
		write.Close()
		f.code <- code
	}()
	return f, cancel
}

// Following goes through a restart of the runtime and of the kubelet, and says each change
// of state once.
func TestLogsFollowThroughRestarts(t *testing.T) {
	t.Parallel()
	on := true
	sim := simNode(t, simnode.Options{Gate: &on, Verbosity: 4, Workload: simnode.WorkloadDaemonSet, Second: 20 * time.Millisecond})
	f, cancel := startFollow(t, sim, "-o", "json")
	defer cancel()
	last := map[string]any{}
	lines := json.NewDecoder(f.out)
	phase := 0
	for {
		line := map[string]any{}
		if err := lines.Decode(&line); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		last = line
		state, _ := line["state"].(string)
		if line["apiVersion"] != report.APIVersion || state == "" {
			t.Fatalf("line %v", line)
		}
		switch {
		case line["kind"] != "LogFinding":
		case phase == 0 && state == "works":
			phase++
			go sim.RestartRuntime(context.Background())
		case phase == 1 && state == "fell-back":
			phase++
			go sim.RestartKubelet(context.Background())
		case phase == 2 && state == "works":
			phase++
			cancel()
		}
	}
	if code := <-f.code; code != 0 || phase != 3 {
		t.Errorf("exit %d in phase %d", code, phase)
	}
	if last["kind"] != "Logs" || last["state"] != "works" {
		t.Errorf("the last line is %v", last)
	}
}

// A log file that is rotated while it is followed.
func TestLogsFollowFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "kubelet.log")
	head := "I1123 11:55:00.123456    2264 server.go:545] \"Kubelet version\" kubeletVersion=\"v1.36.3\"\n"
	lost := "E1123 11:56:00.123456    2264 log.go:32] \"container events stream is closed\" err=\"EOF\"\n"
	write := func(text string) {
		f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString(text)
		f.Close()
	}
	write(head + lost + lost)
	f, cancel := startFollow(t, nil, "--file", name)
	defer cancel()
	var seen bytes.Buffer
	buf := make([]byte, 4096)
	step := 0
	for {
		n, err := f.out.Read(buf)
		seen.Write(buf[:n])
		switch text := seen.String(); {
		case step == 0 && strings.Count(text, "stream is closed") == 2:
			step++
			if err := os.Rename(name, name+".1"); err != nil {
				t.Fatal(err)
			}
			write(lost + lost + lost)
		case step == 1 && strings.Contains(text, "state: fell-back"):
			step++
			cancel()
		}
		if err != nil {
			break
		}
	}
	if code := <-f.code; code != ExitFailed || step != 2 {
		t.Errorf("exit %d after step %d:\n%s", code, step, seen.String())
	}
}
