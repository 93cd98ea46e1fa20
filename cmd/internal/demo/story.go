// Package demo holds what the demo command shows besides the commands themselves: the story
// of its steps, and the files of a directory before and after. It runs nothing. Start with
// [NewCast], [Cast.Story] and [ReadFiles].
package demo

import (
	"embed"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"
)

// The acts: what happens to the node before the command of a step.
const (
	ActRestartRuntime = "restart-runtime"
	ActRestartKubelet = "restart-kubelet"
	// ActCompare compares the node's files with those of the beginning.
	ActCompare = "compare"
)

// Step is one step of the demo and what must come of it; see enable.yaml.
type Step struct {
	Name, Tell, Act, Run, State string
	Code                        int
	Says                        []string
}

// Cast is who takes part.
type Cast struct{ Kubelet, Runtime, RuntimeVersion string }

// NewCast completes what the flags name: the minor of the kubelet and the runtime.
func NewCast(kubelet, runtime string) (Cast, error) {
	c := Cast{Kubelet: map[string]string{"1.34": "1.34.4", "1.36": "1.36.3", "1.37": "1.37.2"}[strings.TrimPrefix(kubelet, "v")]}
	switch runtime {
	case "crio", "cri-o":
		c.Runtime, c.RuntimeVersion = "cri-o", "1.34.11"
	case "containerd":
		c.Runtime, c.RuntimeVersion = "containerd", "2.4.2"
	}
	if c.Kubelet == "" || c.Runtime == "" {
		return Cast{}, fmt.Errorf("the demo has no kubelet %q with the runtime %q", kubelet, runtime)
	}
	return c, nil
}

//go:embed enable.yaml refusal.yaml
var stories embed.FS

// Story is the steps for a cast: turning Evented PLEG on and off, or the refusal where the
// two must not run together (bug B1).
func (c Cast) Story() (steps []Step, err error) {
	name := "enable.yaml"
	if c.Runtime == "cri-o" && strings.HasPrefix(c.Kubelet, "1.37.") {
		name = "refusal.yaml"
	}
	text, err := stories.ReadFile(name)
	if err == nil {
		err = yaml.UnmarshalStrict(text, &steps)
	}
	return steps, err
}
