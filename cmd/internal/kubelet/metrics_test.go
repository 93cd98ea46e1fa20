package kubelet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// The files in testdata are what real kubelets said at the end of recorded runs; their
// names say which case it was.
func TestRecordedMetrics(t *testing.T) {
	files, err := filepath.Glob("testdata/*.metrics")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".metrics")
		t.Run(name, func(t *testing.T) {
			scrape, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := ParseMetrics(scrape, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			off := strings.Contains(name, "-false-") || strings.Contains(name, "-unset-")
			if !m.HasPLEG || !m.HasGate || m.Gate == off || m.Stage != "ALPHA" || m.ProcessStart.IsZero() {
				t.Errorf("read as %+v", m)
			}
			if got, want := judged(name, m), wanted(name); got != want {
				t.Errorf("judged %s, it was %s: %+v", got, want, m)
			}
			// Generic PLEG slows down only before 1.37, and only while the stream is up.
			slow := wanted(name) == verify.StateWorks && !strings.HasPrefix(name, "1.37")
			if slow != (m.Relists <= 2) {
				t.Errorf("%d relists", m.Relists)
			}
		})
	}
}

func wanted(name string) verify.State {
	switch {
	case strings.Contains(name, "-on-") && strings.Contains(name, "1.37.2-crio"):
		return verify.StateHarmful // bug B1
	case strings.Contains(name, "-on-"):
		return verify.StateWorks
	case strings.Contains(name, "-false-"), strings.Contains(name, "-unset-"):
		return verify.StateOff
	}
	return verify.StateFellBack
}

// judged is the state that a node with these metrics and matching files is in.
func judged(name string, m verify.Metrics) verify.State {
	parts := strings.Split(name, "-")
	k, _ := known.Parse(parts[0])
	f := verify.Facts{At: time.Now()}
	f.Kubelet.Version = verify.Seen(k, "name")
	f.Kubelet.Gate = source.Set(m.Gate, source.At(source.ConfigFile, "file", 1, 1))
	f.Kubelet.Running = []verify.Fact[bool]{verify.Seen(m.Gate, "metrics")}
	f.Kubelet.Metrics = verify.Seen(m, "metrics")
	f.Node.StaticPods = verify.Seen([]string(nil), "none")
	f.Runtime.Name, f.Runtime.Version = verify.Seen(known.Containerd, "name"), verify.Seen(known.V(2, 4, 2), "name")
	f.Runtime.Answers = verify.Seen(true, "CRI Version")
	if parts[1] == "crio" {
		f.Runtime.Name, f.Runtime.Version = verify.Seen(known.CRIO, "name"), verify.Seen(known.V(1, 34, 11), "name")
		on := parts[2] != "off"
		f.Runtime.Events = source.Set(on, source.At(source.ConfigFile, "file", 1, 1))
		f.Runtime.RunningEvents = []verify.Fact[bool]{verify.Seen(on, "/config")}
		if parts[2] == "restart" {
			f.Runtime.Version = verify.Seen(known.V(1, 34, 11), "name")
			f.Kubelet.Version = verify.Unseen[known.Version]("the fallback is what is tested", "")
		}
	}
	return verify.Judge(f).State
}

func TestMetricsOfSomethingElse(t *testing.T) {
	for name, scrape := range map[string]string{
		"empty":         "",
		"html":          "<html><body>login</body></html>",
		"another":       "# TYPE node_cpu counter\nnode_cpu 1\n",
		"broken":        "kubelet_running_pods 1\nkubelet_evented_pleg_connection_error_count 1 2 3 4\n",
		"no such value": "kubelet_evented_pleg_connection_error_count many\n",
	} {
		if m, err := ParseMetrics([]byte(scrape), time.Now()); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
}

// Kubelet 1.26 has the gate and none of the counters.
func TestMetricsBeforeTheCounters(t *testing.T) {
	m, err := ParseMetrics([]byte("kubelet_running_pods 3\nkubernetes_feature_enabled{name=\"EventedPLEG\",stage=\"ALPHA\"} 1\n"), time.Now())
	if err != nil || m.HasPLEG || !m.Gate {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestGateInConfigz(t *testing.T) {
	for _, c := range []struct {
		body  string
		stage known.Stage
		want  bool
	}{
		{`{"kubeletconfig":{"featureGates":{"EventedPLEG":true}}}`, known.StageAlpha, true},
		{`{"kubeletconfig":{"featureGates":{"EventedPLEG":false,"AllAlpha":true}}}`, known.StageAlpha, false},
		{`{"kubeletconfig":{"featureGates":{"AllAlpha":true}}}`, known.StageAlpha, true},
		{`{"kubeletconfig":{"featureGates":{"AllAlpha":true}}}`, known.StageBeta, false},
		{`{"kubeletconfig":{"featureGates":{"AllBeta":true}}}`, known.StageBeta, true},
		{`{"kubeletconfig":{}}`, known.StageAlpha, false},
		{`{"kubeletconfig":{}}`, "", false},
		{`{"kubeletconfig":{"featureGates":{"AllAlpha":true,"AllBeta":true}}}`, "", true},
	} {
		if got, err := GateInConfigz([]byte(c.body), c.stage); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", c.body, got, err)
		}
	}
	for _, bad := range []string{"", "{}", "[]", "ok", `{"kubeletconfig":{"featureGates":{"EventedPLEG":"true"}}}`} {
		if got, err := GateInConfigz([]byte(bad), known.StageAlpha); err == nil {
			t.Errorf("%q: read as %v", bad, got)
		}
	}
	if got, err := GateInConfigz([]byte(`{"kubeletconfig":{"featureGates":{"AllBeta":true}}}`), ""); err == nil {
		t.Errorf("the stage is not known, and the gate is %v", got)
	}
}

func FuzzParseMetrics(f *testing.F) {
	f.Add([]byte("# TYPE kubelet_evented_pleg_connection_error_count counter\nkubelet_evented_pleg_connection_error_count 5\n"))
	f.Add([]byte("# TYPE kubelet_evented_pleg_connection_latency_seconds histogram\nkubelet_evented_pleg_connection_latency_seconds_bucket{le=\"+Inf\"} 1\nkubelet_evented_pleg_connection_latency_seconds_sum 1\nkubelet_evented_pleg_connection_latency_seconds_count 1\n"))
	f.Add([]byte("kubelet_x 1\nkubernetes_feature_enabled{name=\"EventedPLEG\",stage=\"ALPHA\"} 1\n"))
	f.Add([]byte("kubelet_x{a=\"\n"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		// What is no scrape must be an error and never a panic.
		_, _ = ParseMetrics(data, time.Unix(0, 0))
	})
}

func BenchmarkParseMetrics(b *testing.B) {
	scrape, err := os.ReadFile("testdata/1.36.3-containerd-on-v4.metrics")
	if err != nil {
		b.Fatal(err)
	}
	// A busy node's scrape: mostly families that are of no interest.
	var big strings.Builder
	for range 20_000 {
		big.WriteString("rest_client_request_duration_seconds_bucket{host=\"10.0.0.1:6443\",verb=\"GET\",le=\"0.005\"} 12345\n")
	}
	all := append([]byte(big.String()), scrape...)
	b.SetBytes(int64(len(all)))
	for b.Loop() {
		if _, err := ParseMetrics(all, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}
