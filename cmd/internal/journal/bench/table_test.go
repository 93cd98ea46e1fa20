// Package bench compares plegctl logs with what operators do by hand, on inputs of a
// gigabyte. It needs journalctl, systemd-journal-remote and grep:
//
//	PLEGCTL_BENCH=/var/tmp/plegctl-bench go test -v -timeout 1h -run TestTable ./cmd/internal/journal/bench
//
// The directory keeps the inputs (3 GB) for the next time.
package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// rounds is odd, so that the median is a round.
const rounds = 5

// cost is what one command line took.
type cost struct {
	wall, cpu time.Duration
	// peak is the resident memory of the program itself, in MiB, without its children: of
	// plegctl or grep, and of the shell where there is a pipe.
	peak int64
}

func TestTable(t *testing.T) {
	dir := os.Getenv("PLEGCTL_BENCH")
	if dir == "" {
		t.Skip("set PLEGCTL_BENCH to a directory with 4 GB of room")
	}
	program := filepath.Join(dir, "plegctl")
	mustRun(t, nil, nil, "go", "build", "-trimpath", "-tags", "grpcnotrace", "-o", program, "github.com/plegctl/plegctl")
	inputs(t, dir)
	// grep counts: it would stop at the first hit if its output were /dev/null.
	const pipe = `journalctl -q --no-pager -D big -u kubelet -o cat | grep -cE 'feature_gate.go|evented.go'`
	lines := []struct{ what, line string }{
		{"whole journal, pipe", pipe},
		{"whole journal, plegctl", `exec ./plegctl logs --directory big --invocation all -o json > /dev/null`},
		{"one run, plegctl", `exec ./plegctl logs --directory big -o json > /dev/null`},
		{"klog file, grep -E", `exec grep -cE 'feature_gate.go|evented.go' klog.log`},
		{"klog file, plegctl", `exec ./plegctl logs --file klog.log --invocation all -o json > /dev/null`},
	}
	taken := make([][]cost, len(lines))
	for range rounds {
		// In turns, so that a busy moment of the machine hits all of them.
		for i, l := range lines {
			taken[i] = append(taken[i], measure(t, dir, l.line))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| what | wall s | CPU s | peak MiB |\n|---|---|---|---|\n")
	for i, l := range lines {
		slices.SortFunc(taken[i], func(a, b cost) int { return int(a.wall - b.wall) })
		wall := taken[i][rounds/2].wall
		peak := slices.MaxFunc(taken[i], func(a, b cost) int { return int(a.peak - b.peak) }).peak
		slices.SortFunc(taken[i], func(a, b cost) int { return int(a.cpu - b.cpu) })
		fmt.Fprintf(&b, "| %s | %.2f | %.2f | %d |\n", l.what, wall.Seconds(), taken[i][rounds/2].cpu.Seconds(), peak)
	}
	t.Logf("medians of %d rounds\n%s", rounds, b.String())
	if err := os.WriteFile(filepath.Join(dir, "table.md"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// measure runs one command line. plegctl logs ends with the code of what it found.
func measure(t *testing.T, dir, line string) cost {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watched := make(chan int64)
	go func() { watched <- highWater(cmd.Process.Pid) }()
	err := cmd.Wait()
	wall := time.Since(start)
	if code := cmd.ProcessState.ExitCode(); err != nil && code != 3 && code != 4 {
		t.Fatalf("%s: %v\n%s", line, err, out.String())
	}
	return cost{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), <-watched}
}

// highWater is the most memory that a process has had, in MiB, seen until it is gone.
func highWater(pid int) (peak int64) {
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, rest, ok := strings.Cut(string(status), "VmHWM:")
		if err != nil || !ok {
			return peak // gone, or a zombie
		}
		var kib int64
		if _, err := fmt.Sscan(rest, &kib); err == nil {
			peak = max(peak, kib>>10)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// inputs makes the journal and the klog file where they do not exist yet.
func inputs(t *testing.T, dir string) {
	t.Helper()
	big := filepath.Join(dir, "big")
	if _, err := os.Stat(big); err != nil {
		if err := os.MkdirAll(big+".new", 0o755); err != nil {
			t.Fatal(err)
		}
		read, write := io.Pipe()
		go func() {
			write.CloseWithError(writeJournal(write, recordings(t), plan{runs: 69, perRun: 20000, others: 6}))
		}()
		mustRun(t, read, nil, "/lib/systemd/systemd-journal-remote", "--split-mode=none", "-o", filepath.Join(big+".new", "system.journal"), "-")
		if err := os.Rename(big+".new", big); err != nil {
			t.Fatal(err)
		}
	}
	klog := filepath.Join(dir, "klog.log")
	if _, err := os.Stat(klog); err != nil {
		f, err := os.Create(klog + ".new")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for range 4 {
			mustRun(t, nil, f, "journalctl", "-q", "--no-pager", "-D", big, "-u", "kubelet", "-o", "cat")
		}
		if err := os.Rename(klog+".new", klog); err != nil {
			t.Fatal(err)
		}
	}
}

func mustRun(t *testing.T, in io.Reader, out io.Writer, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stdout = in, out
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, errs.String())
	}
}
