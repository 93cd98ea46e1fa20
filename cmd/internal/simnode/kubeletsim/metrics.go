package kubeletsim

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// metrics are the kubelet's own numbers, as far as PLEG is concerned.
type metrics struct {
	mu                sync.Mutex
	born              time.Time
	success, errors   int
	latency           histogram
	interval, relists histogram
	podRelists        histogram
	lastSeen          time.Time
	orphans           int
}

func newMetrics(born time.Time) *metrics { return &metrics{born: born} }

func (m *metrics) streamOpened() { m.with(func() { m.success++ }) }
func (m *metrics) streamError()  { m.with(func() { m.errors++ }) }
func (m *metrics) orphan()       { m.with(func() { m.orphans++ }) }

func (m *metrics) streamErrors() (n int) {
	m.with(func() { n = m.errors })
	return n
}

func (m *metrics) eventReceived(delay time.Duration) { m.with(func() { m.latency.observe(delay) }) }
func (m *metrics) relistInterval(span time.Duration) { m.with(func() { m.interval.observe(span) }) }
func (m *metrics) podRelisted(took time.Duration)    { m.with(func() { m.podRelists.observe(took) }) }
func (m *metrics) relisted(at time.Time, took time.Duration) {
	m.with(func() { m.lastSeen = at; m.relists.observe(took) })
}

func (m *metrics) with(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
}

// buckets are the bounds that all these histograms have, in seconds.
func buckets() []float64 {
	return []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
}

type histogram struct {
	counts [11]int
	count  int
	sum    float64
}

func (h *histogram) observe(d time.Duration) {
	seconds := d.Seconds()
	h.count++
	h.sum += seconds
	for i, bound := range buckets() {
		if seconds <= bound {
			h.counts[i]++
		}
	}
}

func (h *histogram) write(b *strings.Builder, name, help string) {
	fmt.Fprintf(b, "# HELP %s [ALPHA] %s\n# TYPE %s histogram\n", name, help, name)
	for i, bound := range buckets() {
		fmt.Fprintf(b, "%s_bucket{le=\"%v\"} %d\n", name, bound, h.counts[i])
	}
	fmt.Fprintf(b, "%s_bucket{le=\"+Inf\"} %d\n%s_sum %v\n%s_count %d\n", name, h.count, name, h.sum, name, h.count)
}

func number(b *strings.Builder, kind, name, help string, value any) {
	fmt.Fprintf(b, "# HELP %s [ALPHA] %s\n# TYPE %s %s\n%s %v\n", name, help, name, kind, name, value)
}

// Relists is how many times the kubelet has relisted all pods.
func (k *Kubelet) Relists() (n int) {
	k.metrics.with(func() { n = k.metrics.relists.count })
	return n
}

// exposition is the text of /metrics. The evented ones exist from 1.27 on, whatever the
// gate says; the one for single pods from 1.36.
func (k *Kubelet) exposition() string {
	var b strings.Builder
	m := k.metrics
	m.mu.Lock()
	defer m.mu.Unlock()
	if k.known.Metrics {
		number(&b, "counter", "kubelet_evented_pleg_connection_error_count", "The number of errors encountered during the establishment of streaming connection with the CRI runtime.", m.errors)
		m.latency.write(&b, "kubelet_evented_pleg_connection_latency_seconds", "The latency of streaming connection with the CRI runtime, measured in seconds.")
		number(&b, "counter", "kubelet_evented_pleg_connection_success_count", "The number of times a streaming client was obtained to receive CRI Events.", m.success)
	}
	number(&b, "counter", "kubelet_orphaned_runtime_pods_total", "Number of pods that have been detected in the container runtime without being already known to the pod worker.", m.orphans)
	number(&b, "counter", "kubelet_pleg_discard_events", "The number of discard events in PLEG.", 0)
	number(&b, "gauge", "kubelet_pleg_last_seen_seconds", "Timestamp in seconds when PLEG was last seen active.", fmt.Sprintf("%.9e", float64(m.lastSeen.Unix())))
	if !k.opts.Version.MinorLess(1, 36) {
		m.podRelists.write(&b, "kubelet_pleg_pod_relist_duration_seconds", "Duration in seconds for relisting a single pod in PLEG.")
	}
	m.relists.write(&b, "kubelet_pleg_relist_duration_seconds", "Duration in seconds for relisting pods in PLEG.")
	m.interval.write(&b, "kubelet_pleg_relist_interval_seconds", "Interval in seconds between relisting in PLEG.")
	k.featureGauges(&b)
	k.buildInfo(&b)
	number(&b, "counter", "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", 0.18+0.003*float64(m.relists.count))
	number(&b, "gauge", "process_start_time_seconds", "Start time of the process since unix epoch in seconds.", fmt.Sprintf("%.2f", float64(m.born.UnixMilli())/1000))
	return b.String()
}

func (k *Kubelet) featureGauges(b *strings.Builder) {
	b.WriteString("# HELP kubernetes_feature_enabled [BETA] This metric records the data about the stage and enablement of a k8s feature.\n# TYPE kubernetes_feature_enabled gauge\n")
	gauge := func(name, stage string, on bool) {
		value := 0
		if on {
			value = 1
		}
		fmt.Fprintf(b, "kubernetes_feature_enabled{name=%q,stage=%q} %d\n", name, stage, value)
	}
	if k.known.GateExists() {
		gauge("EventedPLEG", string(k.known.Stage), k.gateOn)
	}
	switch {
	case !k.opts.Version.MinorLess(1, 37):
		gauge("PLEGOnDemandRelist", "", true)
	case !k.opts.Version.MinorLess(1, 36):
		on, set := k.config.gates["PLEGOnDemandRelist"]
		gauge("PLEGOnDemandRelist", "BETA", on || !set)
	}
	gauge("GracefulNodeShutdown", "BETA", true)
}

func (k *Kubelet) buildInfo(b *strings.Builder) {
	v := k.opts.Version
	b.WriteString("# HELP kubernetes_build_info [ALPHA] A metric with a constant '1' value.\n# TYPE kubernetes_build_info gauge\n")
	fmt.Fprintf(b, "kubernetes_build_info{git_version=\"v%s\",go_version=\"go1.26.0\",major=\"%d\",minor=\"%d\",platform=\"linux/amd64\"} 1\n", v, v.Major, v.Minor)
}
