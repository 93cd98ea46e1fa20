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
	before := kubeletcfg.Read(m.kubeletInputs(m.kubeletFiles()))
	then := kubeletcfg.Read(m.kubeletInputs(after(m.kubeletFiles(), steps, KubeletConfig, m.kubeletOrder)))
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

func (m *maker) kubeletInputs(files []source.File) kubeletcfg.Inputs {
	k := m.facts.Kubelet
	in := kubeletcfg.Inputs{
		Version: k.Version.Value, Flags: kubeletcfg.ParseCommandLine(k.Args.From, k.Args.Value),
		DropInVariable: k.ConfigDirEnv.Value,
	}
	if k.ConfigDir.Value != "" {
		in.DropIns = &kubeletcfg.DropInDir{Path: k.ConfigDir.Value}
	}
	for _, f := range files {
		switch {
		case f.Path == k.Config.Value.Path:
			in.Config = &f
		case in.DropIns != nil:
			in.DropIns.Files = append(in.DropIns.Files, f)
		}
	}
	return in
}

// kubeletOrder puts the main file first and the drop-ins in the order of a walk.
func (m *maker) kubeletOrder(a, b string) int {
	main := m.facts.Kubelet.Config.Value.Path
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
