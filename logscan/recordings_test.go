package logscan

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recorded is one recording of a real kubelet, decompressed.
func recorded(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata/recordings", name+".export.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func recordingNames(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/recordings/*.export.gz")
	if err != nil || len(files) < 20 {
		t.Fatalf("only %d recordings: %v", len(files), err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".export.gz")
	}
	return files
}

// truth is what a recording's name says must come out: what a log of that kubelet at that
// verbosity can show, and no more.
func truth(t testing.TB, name string) (state State, version string) {
	t.Helper()
	parts := strings.Split(name, "-")
	version, what, level := parts[0], parts[2], parts[len(parts)-1]
	shows137 := strings.HasPrefix(version, "1.37")
	switch what {
	case "on", "json":
		if level >= "v4" {
			return StateWorks, version
		}
		return StateInconclusive, version
	case "off", "restart":
		return StateFellBack, version
	case "unset", "false":
		if level == "v0" && !shows137 {
			return StateInconclusive, version
		}
		return StateOff, version
	}
	t.Fatalf("what is %q?", name)
	return "", ""
}

func TestRecordings(t *testing.T) {
	for _, name := range recordingNames(t) {
		t.Run(name, func(t *testing.T) {
			want, version := truth(t, name)
			s := NewScanner(Options{Now: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
			if err := DecodeExport(strings.NewReader(string(recorded(t, name))), func(e Entry) error {
				s.Add(e)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			r := s.Report()
			if r.State != want {
				t.Errorf("state %s (%s), want %s", r.State, r.Reason, want)
			}
			if len(r.Runs) != 1 {
				t.Fatalf("%d runs, want 1", len(r.Runs))
			}
			run := r.Runs[0]
			if run.Version.String() != version || !run.StartSeen || run.PID < 2 || len(run.Invocation) != 32 {
				t.Errorf("run of %s, PID %d, invocation %q, start seen %v", run.Version, run.PID, run.Invocation, run.StartSeen)
			}
			t.Logf("%s: %s | gate %s (%s) | v%d %v | %s %s | events %+v | errors %d retries %d | limits %q", r.State, r.Reason, run.Gate.Value, run.Gate.How, run.Verbosity.Level, run.Verbosity.Exact, run.Runtime, run.RuntimeVersion, run.Events, run.Errors.Count, run.Retries, run.Limits)
		})
	}
}
