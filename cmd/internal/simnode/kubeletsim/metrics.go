package kubeletsim

import (
	_ "embed"
	"strings"
	"sync"
	"text/template"
	"time"
)

// metrics are the kubelet's own numbers, as far as PLEG is concerned.
type metrics struct {
	mu                         sync.Mutex
	lastRelist                 time.Time
	Success, Errors            int
	Latency, Interval, Relists histogram
}

// histogram is one without its buckets.
type histogram struct {
	Count int
	Sum   float64
}

func (h *histogram) observe(seconds float64) { h.Count, h.Sum = h.Count+1, h.Sum+seconds }

// with runs f with the numbers locked.
func (m *metrics) with(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
}

// relisted counts one relist; its interval is in the node's seconds.
func (m *metrics) relisted(began time.Time, took, second time.Duration) {
	m.with(func() {
		if !m.lastRelist.IsZero() {
			m.Interval.observe(float64(began.Sub(m.lastRelist)) / float64(second))
		}
		m.lastRelist = began
		m.Relists.observe(took.Seconds())
	})
}

// Counts are how many event streams the kubelet has, and how often it has relisted all pods.
func (k *Kubelet) Counts() (streams, relists int) {
	k.metrics.with(func() { streams, relists = k.metrics.Success-k.metrics.Errors, k.metrics.Relists.Count })
	return streams, relists
}

//go:embed metrics.txt
var metricsText string

// Metrics is the text of /metrics, and nothing before its port is open. The evented ones are
// there whatever the gate says.
func (k *Kubelet) Metrics() string {
	select {
	case <-k.Listening:
	default:
		return ""
	}
	m := k.metrics
	m.mu.Lock()
	defer m.mu.Unlock()
	one := map[bool]int{true: 1}
	relist, set := k.config.gates["PLEGOnDemandRelist"]
	var b strings.Builder
	err := template.Must(template.New("").Parse(metricsText)).Execute(&b, map[string]any{
		"M": m, "Version": k.opts.Version,
		"Gate": one[k.config.gateOn], "RelistStage": k.does.relistGate, "RelistGate": one[relist || !set],
		"CPU": 0.18 + 0.003*float64(m.Relists.Count), "Born": float64(k.born.UnixMilli()) / 1000,
	})
	if err != nil {
		return "# " + err.Error() + "\n"
	}
	return b.String()
}
