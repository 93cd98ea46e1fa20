package simnode

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/cmd/internal/journal"
)

// TestTrimRecordings makes testdata/recordings from whole recordings: set
// PLEGCTL_RECORDINGS to a directory of NAME.export (after xz -d) and NAME.metrics. It keeps
// the lines that tell of Evented PLEG and cuts the events themselves out of them.
func TestTrimRecordings(t *testing.T) {
	dir := os.Getenv("PLEGCTL_RECORDINGS")
	if dir == "" {
		t.Skip("set PLEGCTL_RECORDINGS to make the recordings anew")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.export"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s: %v", dir, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".export")
		export, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		metrics, err := os.ReadFile(filepath.Join(dir, name+".metrics"))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err = journal.DecodeExport(export, func(e journal.Entry) error {
			if line, ok := trim(string(e.Message)); ok {
				out.WriteString(line + "\n")
			}
			return nil
		})
		export.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out.WriteString("--- metrics\n")
		counters := regexp.MustCompile(`^(kubelet_evented_pleg_connection_(success_count|error_count|latency_seconds_count)|kubelet_pleg_relist_duration_seconds_count|kubernetes_feature_enabled\{.*) `)
		for line := range strings.SplitSeq(string(metrics), "\n") {
			if counters.MatchString(line) {
				out.WriteString(line + "\n")
			}
		}
		if err := os.WriteFile(filepath.Join("testdata/recordings", name+".txt"), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func trim(line string) (string, bool) {
	tells := []string{
		"feature gates:", "featureGates=", `"featureGates"`, "Evented PLEG", "Received Container", "container event received", "container events stream is closed",
		"failed to receive streaming", "GetContainerEvents failed", "Fall back to Generic", "does not set pod status timestamp", "Kubelet version",
		"Container runtime initialized", "FLAG: --feature-gates", "Effective KubeletConfiguration", "command failed",
	}
	if !strings.HasPrefix(line, "\t  EventedPLEG:") && !slices.ContainsFunc(tells, func(part string) bool { return strings.Contains(line, part) }) {
		return "", false
	}
	line = regexp.MustCompile(`"(resp|event|config)":"(?:[^"\\]|\\.)*"`).ReplaceAllString(line, `"$1":"..."`)
	line = regexp.MustCompile(` (resp|event)=".*`).ReplaceAllString(line, ` $1="..."`)
	return regexp.MustCompile(` pod="[^"]*"`).ReplaceAllString(line, ` pod="..."`), true
}
