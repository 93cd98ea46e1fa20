package demo

import (
	"fmt"
	"strings"
)

// Act is something that happens to the node between two commands.
type Act string

// The acts.
const (
	ActNone           Act = ""
	ActRestartRuntime Act = "restart-runtime"
	ActRestartKubelet Act = "restart-kubelet"
	// ActCompare compares the node's files with those of the beginning.
	ActCompare Act = "compare"
)

// Step is one step of the demo and what must come of it.
type Step struct {
	// Name is short, for the summary.
	Name string
	// Tell is what is about to happen, in words.
	Tell string
	// Act happens first; Args are then given to plegctl, none where only the act counts.
	Act  Act
	Args []string
	// Code is the exit code that must come.
	Code int
	// Says must be in the command's output, each of them.
	Says []string
	// State is what `plegctl status` must say after the step; "" is not asked.
	State string
}

// Cast is who takes part.
type Cast struct {
	Kubelet, Runtime, RuntimeVersion string
}

// NewCast completes what the flags name: the minor of the kubelet and the runtime.
func NewCast(kubelet, runtime string) (Cast, error) {
	kubelets := map[string]string{"1.34": "1.34.4", "1.36": "1.36.3", "1.37": "1.37.2"}
	full, ok := kubelets[strings.TrimPrefix(kubelet, "v")]
	if !ok {
		return Cast{}, fmt.Errorf("the demo has no kubelet %q", kubelet)
	}
	switch runtime {
	case "crio", "cri-o":
		return Cast{Kubelet: full, Runtime: "cri-o", RuntimeVersion: "1.34.11"}, nil
	case "containerd":
		return Cast{Kubelet: full, Runtime: "containerd", RuntimeVersion: "2.4.2"}, nil
	}
	return Cast{}, fmt.Errorf("the demo has no runtime %q", runtime)
}

// Harmful tells that the two must not run together with Evented PLEG on (bug B1).
func (c Cast) Harmful() bool { return c.Runtime == "cri-o" && strings.HasPrefix(c.Kubelet, "1.37.") }

// settle is how long a changed kubelet must hold here; the real default is longer than
// the whole demo may take.
const settle = "700ms"

// Story is the steps for a cast.
func Story(c Cast) []Step {
	if c.Harmful() {
		return refusal()
	}
	return append(turnOn(c), takeBack(c)...)
}

func turnOn(c Cast) []Step {
	what := "the gate in the kubelet's file and the pod events of CRI-O"
	if c.Runtime == "containerd" {
		what = "the gate in the kubelet's file; containerd sends its events always"
	}
	return []Step{
		{Name: "status", Tell: "What is there: Evented PLEG is off.", Args: []string{"status"}, State: "off"},
		{Name: "preflight", Tell: "May it be turned on here? Every check says what it found.", Args: []string{"preflight"}},
		{Name: "plan", Tell: "What would change: " + what + ". Nothing is written yet.", Args: []string{"plan", "--exit-code"}, Code: 10, Says: []string{"EventedPLEG: true"}, State: "off"},
		{
			Name: "enable", Tell: "Do it: write, restart in the right order, prove it, or roll back.",
			Args: []string{"enable", "--reason", "demo", "--settle", settle, "--wait", "10s"}, State: "works",
		},
		{
			Name: "verify", Tell: "Prove it: one pod sandbox of our own is run and removed, and the kubelet must count its events.",
			Args: []string{"verify", "--level", "proven", "--stimulus", "--wait", "10s"}, Says: []string{"proven"}, State: "works",
		},
	}
}

func takeBack(c Cast) []Step {
	return []Step{
		{
			Name: "mishap", Tell: c.Runtime + " restarts under the running kubelet, whose five tries are used up within milliseconds. The gate is still on, and the kubelet runs on.",
			Act: ActRestartRuntime, Args: []string{"verify", "--level", "connected", "--wait", "5s"}, Code: 3, Says: []string{"fell back"}, State: "fell-back",
		},
		{
			Name: "mend", Tell: "Only a restart of the kubelet mends it.",
			Act: ActRestartKubelet, Args: []string{"verify", "--level", "connected", "--wait", "10s"}, State: "works",
		},
		{
			Name: "rollback", Tell: "Take it back, from the record that enable made.",
			Args: []string{"rollback", "--settle", settle, "--wait", "10s"}, State: "off",
		},
		{Name: "compare", Tell: "Every file of the node against what it was at the beginning.", Act: ActCompare},
	}
}

// refusal is the story of kubelet 1.37 with CRI-O: bug B1.
func refusal() []Step {
	return []Step{
		{Name: "status", Tell: "What is there: Evented PLEG is off.", Args: []string{"status"}, State: "off"},
		{Name: "plan", Tell: "The two together break pods with init containers, so there is no plan.", Args: []string{"plan"}, Code: 3, Says: []string{"init container"}},
		{
			Name: "enable", Tell: "Neither is it done. The refusal names the bug and the only way past it.",
			Args: []string{"enable", "--reason", "demo", "--settle", settle}, Code: 3, Says: []string{"bug B1", "init-container-loop"}, State: "off",
		},
		{Name: "compare", Tell: "Nothing was touched.", Act: ActCompare},
	}
}
