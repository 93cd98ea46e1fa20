// Package cost turns two looks at a node into what Evented PLEG costs and saves there:
// processor time of kubelet and runtime, relists, container events and their delay.
//
// It only computes; taking the looks is cmd/internal/node's work. Start with [Between].
package cost

import (
	"errors"
	"time"

	"github.com/plegctl/plegctl/verify"
)

// Look is what was read at one moment.
type Look struct {
	Metrics verify.Metrics
	// RuntimePID and RuntimeCPU are the runtime's process and its processor time so far;
	// PID 0 where it could not be read.
	RuntimePID int
	RuntimeCPU time.Duration
}

// Figures are the rates of one window. CPU is in percent of one core.
type Figures struct {
	Seconds          float64 `json:"seconds"`
	GateOn           bool    `json:"gateOn"`
	KubeletCPU       float64 `json:"kubeletCPUPercent"`
	RuntimeCPU       float64 `json:"runtimeCPUPercent"`
	RuntimeCPUSeen   bool    `json:"runtimeCPUSeen"`
	RelistsPerMinute float64 `json:"relistsPerMinute"`
	EventsPerMinute  float64 `json:"eventsPerMinute"`
	// EventDelay is the mean time from event to kubelet, in seconds; 0 without events.
	EventDelay float64 `json:"eventDelaySeconds"`
}

var (
	errOrder     = errors.New("the second look is not later than the first")
	errRestarted = errors.New("the kubelet restarted in between, so its counters began anew")
)

// Between gives the figures of the window between two looks. It fails where a restart of
// the kubelet lies between them. A restart of the runtime only takes its CPU figure away.
func Between(first, second Look) (Figures, error) {
	a, b := first.Metrics, second.Metrics
	window := b.At.Sub(a.At)
	if window <= 0 {
		return Figures{}, errOrder
	}
	if !a.ProcessStart.Equal(b.ProcessStart) || b.Events < a.Events || b.Relists < a.Relists || b.CPUSeconds < a.CPUSeconds {
		return Figures{}, errRestarted
	}
	f := Figures{
		Seconds:          window.Seconds(),
		GateOn:           b.HasGate && b.Gate,
		KubeletCPU:       100 * (b.CPUSeconds - a.CPUSeconds) / window.Seconds(),
		RelistsPerMinute: float64(b.Relists-a.Relists) / window.Minutes(),
		EventsPerMinute:  float64(b.Events-a.Events) / window.Minutes(),
	}
	if first.RuntimePID != 0 && first.RuntimePID == second.RuntimePID {
		f.RuntimeCPUSeen = true
		f.RuntimeCPU = 100 * (second.RuntimeCPU - first.RuntimeCPU).Seconds() / window.Seconds()
	}
	if n := b.Events - a.Events; n > 0 {
		f.EventDelay = (b.EventDelay - a.EventDelay) / float64(n)
	}
	return f, nil
}
