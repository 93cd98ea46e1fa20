package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// recorder makes recordings of one kubelet version.
type recorder struct {
	version string
	out     string
	run     time.Duration
}

// one boots a node for the case, lets it run, and writes NAME.export.xz and
// NAME.metrics. The container of its pod ends every seven seconds.
func (r recorder) one(ctx context.Context, parts node.Parts, c recording) (string, error) {
	name := r.version + "-containerd-" + c.name
	c.spec.Name = "record-" + c.name
	c.spec.Kubelet = r.version
	c.spec.Pods = []node.Pod{node.Trickle(7)}
	n, err := node.Boot(ctx, parts, c.spec)
	if err != nil {
		return "", err
	}
	defer n.Stop()
	if err := n.AwaitKubelet(ctx); err != nil {
		return "", err
	}
	if err := pause(ctx, r.run/2); err != nil {
		return "", err
	}
	if c.restart {
		if _, err := n.Must(ctx, "systemctl restart containerd"); err != nil {
			return "", err
		}
	}
	if err := pause(ctx, r.run/2); err != nil {
		return "", err
	}
	return name, r.keep(ctx, n, name)
}

// keep writes the journal of the kubelet's present run, with systemd's own
// entries on it, in the journal export format.
func (r recorder) keep(ctx context.Context, n *node.Node, name string) error {
	metrics, err := n.MetricsText(ctx)
	if err != nil {
		return err
	}
	unit, err := n.Unit(ctx, "kubelet.service", "InvocationID")
	if err != nil {
		return err
	}
	id := unit["InvocationID"]
	journal, err := n.Must(ctx, "journalctl --sync; journalctl --no-pager -o export _SYSTEMD_INVOCATION_ID="+id+" + INVOCATION_ID="+id+" | xz -9")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.out, name+".export.xz"), []byte(journal), 0o644); err != nil {
		return fmt.Errorf("write the journal of the run: %w", err)
	}
	if err := os.WriteFile(filepath.Join(r.out, name+".metrics"), []byte(plegOnly(metrics)), 0o644); err != nil {
		return fmt.Errorf("write the metrics of the run: %w", err)
	}
	return nil
}

// plegOnly keeps the families that tell of the PLEG, and of its two gates.
func plegOnly(metrics string) string {
	var b strings.Builder
	for line := range strings.Lines(metrics) {
		name := strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE ")
		switch {
		case strings.HasPrefix(name, "kubelet_evented_pleg_"), strings.HasPrefix(name, "kubelet_pleg_"),
			strings.HasPrefix(name, `kubernetes_feature_enabled{name="EventedPLEG"`),
			strings.HasPrefix(name, `kubernetes_feature_enabled{name="PLEGOnDemandRelist"`):
			b.WriteString(line)
		}
	}
	return b.String()
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
