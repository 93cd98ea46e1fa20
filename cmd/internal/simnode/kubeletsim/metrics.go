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

func (m *metrics) add(counter *int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	*counter++
	return *counter
}

func (m *metrics) observe(h *histogram, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h.observe(d.Seconds())
}

// relisted counts one relist; its interval is in the node's seconds.
func (m *metrics) relisted(began time.Time, took, second time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.lastRelist.IsZero() {
		m.Interval.observe(float64(began.Sub(m.lastRelist)) / float64(second))
	}
	m.lastRelist = began
	m.Relists.observe(took.Seconds())
}

type histogram struct {
	Name    string
	Buckets []bucket
	Count   int
	Sum     float64
}

type bucket struct {
	Bound float64
	Count int
}

func (h *histogram) observe(seconds float64) {
	h.Count++
	h.Sum += seconds
	*h = h.Named(h.Name)
	for i := range h.Buckets {
		if seconds <= h.Buckets[i].Bound {
			h.Buckets[i].Count++
		}
	}
}

// Named is the histogram under that name, with the buckets that all of them have.
func (h histogram) Named(name string) histogram {
	h.Name = name
	if h.Buckets == nil {
		for _, bound := range []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10} {
			h.Buckets = append(h.Buckets, bucket{Bound: bound})
		}
	}
	return h
}

//go:embed metrics.txt
var metricsText string

type gateShown struct {
	Name, Stage string
	On          bool
}

// Metrics is the text of /metrics. The evented ones are there whatever the gate says.
func (k *Kubelet) Metrics() string {
	gates := []gateShown{{"EventedPLEG", "ALPHA", k.config.gateOn}}
	if on, set := k.config.gates["PLEGOnDemandRelist"]; k.does.relistGate != noGate {
		gates = append(gates, gateShown{"PLEGOnDemandRelist", k.does.relistGate, on || !set})
	}
	k.metrics.mu.Lock()
	defer k.metrics.mu.Unlock()
	var b strings.Builder
	err := template.Must(template.New("").Parse(metricsText)).Execute(&b, struct {
		*metrics
		Version   string
		Gates     []gateShown
		CPU, Born float64
	}{k.metrics, k.opts.Version, gates, 0.18 + 0.003*float64(k.metrics.Relists.Count), float64(k.born.UnixMilli()) / 1000})
	if err != nil {
		return "# " + err.Error() + "\n"
	}
	return b.String()
}
