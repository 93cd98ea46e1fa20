package plan

import (
	"github.com/plegctl/plegctl/verify/known"
	"sigs.k8s.io/yaml"
)

// gateAfter is the effective gate with the steps taken.
func (m *maker) gateAfter(steps []Step) (bool, error) {
	on := false
	for _, f := range after(m.kubeletFiles(), steps, KubeletConfig, m.kubeletOrder) {
		var c struct {
			FeatureGates map[string]bool `json:"featureGates"`
		}
		if err := yaml.Unmarshal(f.Data, &c); err != nil {
			return false, err
		}
		if v, ok := c.FeatureGates[known.Gate]; ok {
			on = v
		}
	}
	return on, nil
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
