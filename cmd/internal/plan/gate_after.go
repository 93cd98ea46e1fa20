package plan

import (
	"fmt"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// gateAfter is the effective gate with the steps taken, by the kubelet's own rules; an error
// where the steps would make the kubelet die of its configuration.
func (m *maker) gateAfter(steps []Step) (bool, error) {
	in := m.inputs()
	before := kubeletcfg.Read(in)
	then := kubeletcfg.Read(in.With(after(in.Files(), steps, KubeletConfig, m.kubeletOrder)))
	if before.Starts() && !then.Starts() {
		p, _ := source.FirstFatal(then.Problems())
		return false, fmt.Errorf("the kubelet would not start: %s: %s", p.At, p.Message)
	}
	gate := then.Gate(known.Gate)
	if !gate.Known {
		return false, fmt.Errorf("the value that the kubelet would use is not known: %s", gate.Reason)
	}
	return gate.Value, nil
}

func (m *maker) inputs() kubeletcfg.Inputs { return m.facts.Kubelet.Inputs.Value }

// kubeletOrder puts the main file first and the drop-ins in the order of a walk.
func (m *maker) kubeletOrder(a, b string) int {
	main := ""
	if config := m.inputs().Config; config != nil {
		main = config.Path
	}
	switch {
	case a == b:
		return 0
	case a == main:
		return -1
	case b == main:
		return 1
	}
	return walkOrder(a, b)
}
