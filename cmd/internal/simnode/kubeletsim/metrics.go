package kubeletsim

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
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
	relist := ""
	if on, set := k.config.gates["PLEGOnDemandRelist"]; k.does.relistGate != "none" {
		relist = fmt.Sprintf("kubernetes_feature_enabled{name=\"PLEGOnDemandRelist\",stage=%q} %d\n", k.does.relistGate, one[on || !set])
	}
	return strings.NewReplacer("@errors@", fmt.Sprint(m.Errors), "@success@", fmt.Sprint(m.Success),
		"@latency@", fmt.Sprint(m.Latency.Count), "@latencySum@", fmt.Sprint(m.Latency.Sum),
		"@relists@", fmt.Sprint(m.Relists.Count), "@relistsSum@", fmt.Sprint(m.Relists.Sum),
		"@interval@", fmt.Sprint(m.Interval.Count), "@intervalSum@", fmt.Sprint(m.Interval.Sum),
		"@version@", k.opts.Version, "@gate@", fmt.Sprint(one[k.config.gateOn]), "@relist@", relist,
		"@cpu@", fmt.Sprint(0.18+0.003*float64(m.Relists.Count)), "@born@", fmt.Sprintf("%.2f", float64(k.born.UnixMilli())/1000),
	).Replace(metricsText)
}
