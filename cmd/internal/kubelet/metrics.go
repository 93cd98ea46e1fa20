package kubelet

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

const (
	metricSuccess = "kubelet_evented_pleg_connection_success_count"
	metricError   = "kubelet_evented_pleg_connection_error_count"
	metricLatency = "kubelet_evented_pleg_connection_latency_seconds"
	metricRelist  = "kubelet_pleg_relist_duration_seconds"
	metricFeature = "kubernetes_feature_enabled"
	metricBuild   = "kubernetes_build_info"
	metricStart   = "process_start_time_seconds"
	metricCPU     = "process_cpu_seconds_total"
)

// ParseMetrics reads a scrape of /metrics, taken at at. Only the families that matter are
// parsed: a full node's scrape has megabytes of others. Names and meaning: kubernetes
// v1.27.16 to v1.37.2 pkg/kubelet/metrics/metrics.go; 1.26 has no evented_pleg metrics.
func ParseMetrics(scrape []byte, at time.Time) (verify.Metrics, error) {
	wanted, any, err := filter(scrape)
	if err != nil {
		return verify.Metrics{}, fmt.Errorf("read the kubelet's metrics: %w", err)
	}
	if !any {
		return verify.Metrics{}, fmt.Errorf("read the kubelet's metrics: the answer holds no kubelet metric")
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(wanted))
	if err != nil {
		return verify.Metrics{}, fmt.Errorf("parse the kubelet's metrics: %w", err)
	}
	m := verify.Metrics{At: at}
	successes, hasSuccess := value(families[metricSuccess])
	errs, hasError := value(families[metricError])
	m.Successes, m.Errors, m.HasPLEG = uint64(successes), uint64(errs), hasSuccess && hasError
	m.Events, m.EventDelay = histogram(families[metricLatency])
	m.Relists, _ = histogram(families[metricRelist])
	m.CPUSeconds, _ = value(families[metricCPU])
	if start, ok := value(families[metricStart]); ok {
		whole, part := math.Modf(start)
		m.ProcessStart = time.Unix(int64(whole), int64(part*1e9))
	}
	gate(&m, families[metricFeature])
	for _, build := range families[metricBuild].GetMetric() {
		m.Version = label(build, "git_version")
	}
	return m, nil
}

// filter keeps the lines of the families that are read; any tells whether the text is a
// kubelet's scrape at all.
func filter(scrape []byte) (wanted []byte, any bool, err error) {
	lines := bufio.NewScanner(bytes.NewReader(scrape))
	lines.Buffer(make([]byte, 0, 64<<10), 1<<20)
	for lines.Scan() {
		line := lines.Bytes()
		name := metricName(line)
		any = any || bytes.HasPrefix(name, []byte("kubelet_"))
		if !isWanted(string(name)) {
			continue
		}
		if string(name) == metricFeature && line[0] != '#' && !bytes.Contains(line, []byte(`"`+known.Gate+`"`)) {
			continue
		}
		wanted = append(append(wanted, line...), '\n')
	}
	return wanted, any, lines.Err()
}

// metricName is the name in a sample ("name{…} 1") or in a comment ("# TYPE name counter").
func metricName(line []byte) []byte {
	if rest, ok := bytes.CutPrefix(line, []byte("# ")); ok {
		_, line, _ = bytes.Cut(rest, []byte(" "))
	}
	if i := bytes.IndexAny(line, "{ "); i >= 0 {
		return line[:i]
	}
	return line
}

func isWanted(name string) bool {
	switch name {
	case metricSuccess, metricError, metricFeature, metricBuild, metricStart, metricCPU:
		return true
	}
	for _, h := range []string{metricLatency, metricRelist} {
		if rest, ok := strings.CutPrefix(name, h); ok {
			return rest == "" || rest == "_sum" || rest == "_count" || rest == "_bucket"
		}
	}
	return false
}

func gate(m *verify.Metrics, family *dto.MetricFamily) {
	for _, one := range family.GetMetric() {
		if label(one, "name") == known.Gate {
			m.HasGate, m.Gate, m.Stage = true, one.GetGauge().GetValue()+one.GetUntyped().GetValue() == 1, label(one, "stage")
		}
	}
}

func value(family *dto.MetricFamily) (float64, bool) {
	// These have one sample each; another number would be something else's metrics.
	if len(family.GetMetric()) != 1 {
		return 0, false
	}
	one := family.GetMetric()[0]
	return one.GetCounter().GetValue() + one.GetGauge().GetValue() + one.GetUntyped().GetValue(), true
}

func histogram(family *dto.MetricFamily) (uint64, float64) {
	if len(family.GetMetric()) == 0 {
		return 0, 0
	}
	h := family.GetMetric()[0].GetHistogram()
	return h.GetSampleCount(), h.GetSampleSum()
}

func label(m *dto.Metric, name string) string {
	for _, pair := range m.GetLabel() {
		if pair.GetName() == name {
			return pair.GetValue()
		}
	}
	return ""
}
