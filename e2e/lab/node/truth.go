package node

import (
	"bufio"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Metrics are the values of one reading of the kubelet's /metrics, by name with
// labels as printed.
type Metrics map[string]float64

// The kubelet's own words on Evented PLEG (pkg/kubelet/metrics, 1.27 and later).
const (
	StreamSuccesses = "kubelet_evented_pleg_connection_success_count"
	StreamErrors    = "kubelet_evented_pleg_connection_error_count"
	EventsReceived  = "kubelet_evented_pleg_connection_latency_seconds_count"
	Relists         = "kubelet_pleg_relist_interval_seconds_count"
	RelistsDone     = "kubelet_pleg_relist_duration_seconds_count"
	GateEnabled     = `kubernetes_feature_enabled{name="EventedPLEG",stage="ALPHA"}`
)

// EventsWithin is how many events had not more than that delay, in seconds.
func EventsWithin(seconds string) string {
	return `kubelet_evented_pleg_connection_latency_seconds_bucket{le="` + seconds + `"}`
}

// Metrics reads the kubelet's metrics with the lab's own certificate, past
// whatever the operator's tool may or may not read: it is the suite's truth.
func (n *Node) Metrics(ctx context.Context) (Metrics, error) {
	text, err := n.MetricsText(ctx)
	if err != nil {
		return nil, err
	}
	m := Metrics{}
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		cut := strings.LastIndexByte(line, ' ')
		if cut < 0 || line[0] == '#' {
			continue
		}
		if v, err := strconv.ParseFloat(line[cut+1:], 64); err == nil {
			m[line[:cut]] = v
		}
	}
	if len(m) == 0 {
		return nil, fmt.Errorf("the kubelet of %s answered no metrics", n.Name)
	}
	return m, lines.Err()
}

// MetricsText is the same reading as the kubelet printed it.
func (n *Node) MetricsText(ctx context.Context) (string, error) {
	return n.Must(ctx, "curl -sS --max-time 10 -k --cert "+adminCert+" https://127.0.0.1:10250/metrics")
}

// Unit reads properties of a unit from the node's systemd.
func (n *Node) Unit(ctx context.Context, unit string, properties ...string) (map[string]string, error) {
	text, err := n.Must(ctx, "systemctl show "+unit+" -p "+strings.Join(properties, ","))
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\n"), "=")
		values[key] = value
	}
	return values, nil
}

// Running lists what runs of a pod, its sandboxes and containers: each ID with the start of
// its process. It asks containerd and the kernel, not the kubelet.
func (n *Node) Running(ctx context.Context, pod string) ([]string, error) {
	text, err := n.Must(ctx, "tasks=$(ctr -n k8s.io tasks ls | awk '$3 == \"RUNNING\" { print $1, $2 }')\n"+
		"for id in $("+n.list(pod)+"); do pid=$(echo \"$tasks\" | awk -v id=$id '$1 == id { print $2 }')\n"+
		"test -z \"$pid\" || echo $id started at $(awk '{ print $22 }' /proc/$pid/stat); done")
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(text), "\n"), nil
}

// list is the command for a pod's sandboxes and containers, with further conditions. The
// kubelet puts its node's name behind that of a static pod; the pods of a cluster's node are
// not static pods.
func (n *Node) list(pod string, conditions ...string) string {
	if n.Spec.Join == nil {
		pod += "-" + HostName
	}
	conditions = append(conditions, `labels."io.kubernetes.pod.name"==`+pod)
	return "ctr -n k8s.io containers ls -q '" + strings.Join(conditions, ",") + "'"
}

// Sandboxes counts the pod sandboxes that containerd knows, running or not.
func (n *Node) Sandboxes(ctx context.Context) ([]string, error) {
	text, err := n.Must(ctx, `ctr -n k8s.io containers ls -q 'labels."io.cri-containerd.kind"==sandbox'`)
	if err != nil {
		return nil, err
	}
	return strings.Fields(text), nil
}

// AwaitKubelet waits until the kubelet is healthy and each of the node's pods
// has got a container.
func (n *Node) AwaitKubelet(ctx context.Context) error {
	return Poll(ctx, 3*time.Minute, func(ctx context.Context) error {
		if err := n.Healthy(ctx); err != nil {
			return err
		}
		var ask strings.Builder
		for _, p := range n.Spec.Pods {
			fmt.Fprintf(&ask, "test -n \"$(%s)\" || { echo pod %s has no container; exit 1; }\n", n.list(p.Name, `labels."io.cri-containerd.kind"==container`), p.Name)
		}
		_, err := n.Must(ctx, ask.String())
		return err
	})
}

// Healthy asks the kubelet's health endpoint.
func (n *Node) Healthy(ctx context.Context) error {
	_, err := n.Must(ctx, "curl -sS --fail --max-time 5 http://127.0.0.1:10248/healthz")
	return err
}
