package kubeletsim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

// lines says where the messages of one minor release come from. Line numbers are those
// of the patch releases that were read or recorded (1.26.15, 1.27.16, 1.28.15, 1.29.15,
// 1.30.14, 1.31.14, 1.32.13, 1.33.13, 1.34.4, 1.35.4, 1.36.3, 1.37.2).
type lines struct {
	// received is the line of the first of the four "Received Container" messages as
	// they stand in the source: stopped, created, started, deleted.
	generated, received, retry, fallback, noStatus int

	gate                            place
	streamClosed, streamFailed      place
	noClient, gotEvent, noTimestamp place
	version, golang                 place
	effective, runtimeUp, skipping  place
}

func linesOf(v known.Version) lines {
	rows := map[uint]lines{
		26: {generated: 237, received: 276, retry: 195, fallback: 182, noStatus: 216},
		27: {generated: 238, received: 278, retry: 196, fallback: 182, noStatus: 217},
		28: {generated: 238, received: 278, retry: 196, fallback: 182, noStatus: 217},
		29: {generated: 242, received: 282, retry: 200, fallback: 186, noStatus: 221},
		30: {generated: 242, received: 282, retry: 200, fallback: 186, noStatus: 221},
		31: {generated: 245, received: 285, retry: 203, fallback: 187, noStatus: 224},
		32: {generated: 248, received: 288, retry: 206, fallback: 190, noStatus: 227},
		33: {generated: 248, received: 288, retry: 206, fallback: 190, noStatus: 227},
		34: {generated: 238, received: 277, retry: 206, fallback: 190, noStatus: 227},
		35: {generated: 238, received: 277, retry: 206, fallback: 190, noStatus: 227},
		36: {generated: 242, received: 281, retry: 210, fallback: 194, noStatus: 231},
		37: {retry: 97, fallback: 81, noStatus: 119},
	}
	l := rows[min(max(v.Minor, 26), 37)]
	l.gate = place(fmt.Sprintf("featuregate/feature_gate.go:%d", gateLine(v)))
	switch {
	case v.MinorLess(1, 31):
		l.streamClosed, l.streamFailed, l.noClient, l.gotEvent = "remote/remote_runtime.go:1236", "remote/remote_runtime.go:1240", "remote/remote_runtime.go:1224", "remote/remote_runtime.go:1245"
	case v.MinorLess(1, 36):
		l.streamClosed, l.streamFailed, l.noClient, l.gotEvent = "internal/log.go:32", "internal/log.go:32", "internal/log.go:32", "internal/log.go:25"
	case v.MinorLess(1, 37):
		l.streamClosed, l.streamFailed, l.noClient, l.gotEvent = "pkg/remote_runtime.go:1082", "pkg/remote_runtime.go:1086", "pkg/remote_runtime.go:1070", "pkg/remote_runtime.go:1091"
	default:
		l.streamClosed, l.streamFailed, l.noClient, l.gotEvent = "pkg/remote_runtime.go:1264", "pkg/remote_runtime.go:1268", "pkg/remote_runtime.go:1252", "pkg/remote_runtime.go:1273"
	}
	l.start(v)
	return l
}

// start fills in the lines around the start. Before 1.34 they are of 1.34.4 where they
// were not read: match on the text.
func (l *lines) start(v known.Version) {
	l.effective = "app/server.go:257"
	l.version, l.golang = "app/server.go:520", "app/server.go:522"
	if !v.MinorLess(1, 34) {
		l.version, l.golang = "app/server.go:529", "app/server.go:531"
	}
	if !v.MinorLess(1, 36) {
		l.version, l.golang = "app/server.go:545", "app/server.go:547"
	}
	switch {
	case v.MinorLess(1, 36):
		l.noTimestamp, l.runtimeUp, l.skipping = "kuberuntime/kuberuntime_manager.go:1765", "kuberuntime/kuberuntime_manager.go:291", "kubelet/kubelet.go:2452"
	case v.MinorLess(1, 37):
		l.noTimestamp, l.runtimeUp, l.skipping = "kuberuntime/kuberuntime_manager.go:2065", "kuberuntime/kuberuntime_manager.go:308", "kubelet/kubelet.go:2646"
	default:
		l.noTimestamp, l.runtimeUp, l.skipping = "kuberuntime/kuberuntime_manager.go:2234", "kuberuntime/kuberuntime_manager.go:315", "kubelet/kubelet.go:2697"
	}
}

func gateLine(v known.Version) int {
	switch {
	case v.MinorLess(1, 30):
		return 249
	case v.MinorLess(1, 31):
		return 254
	case v.MinorLess(1, 33):
		return 387
	case v.MinorLess(1, 35):
		return 385
	case v.MinorLess(1, 36):
		return 466
	}
	return 477
}

func evented(line int) place { return place(fmt.Sprintf("pleg/evented.go:%d", line)) }

// logGates writes the gates that were set explicitly, V(1) in every version: as one
// string up to 1.35, with "&" up to 1.29, as key and value from 1.36.
func (k *Kubelet) logGates() {
	if !k.opts.Version.MinorLess(1, 36) {
		k.log.info(1, k.lines.gate, "Updated", "featureGates", k.config.gates)
		return
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(k.config.gates)) {
		list = append(list, fmt.Sprintf("%s:%v", name, k.config.gates[name]))
	}
	amp := ""
	if k.opts.Version.MinorLess(1, 30) {
		amp = "&"
	}
	k.log.plain(1, k.lines.gate, fmt.Sprintf("feature gates: %s{map[%s]}", amp, strings.Join(list, " ")))
}
