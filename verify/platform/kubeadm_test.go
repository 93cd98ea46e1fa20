package platform

import (
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"sigs.k8s.io/yaml"
)

// TestKubeadmTextsAreConfiguration: what is shown must set the gate when it is pasted.
func TestKubeadmTextsAreConfiguration(t *testing.T) {
	for _, on := range []bool{true, false} {
		for _, way := range KubeadmLasting(known.V(1, 37, 2), on) {
			var got struct {
				Kind         string          `json:"kind"`
				FeatureGates map[string]bool `json:"featureGates"`
			}
			if err := yaml.UnmarshalStrict([]byte(way.Text), &got); err != nil && !strings.Contains(err.Error(), "apiVersion") {
				t.Errorf("%s: %v", way.Title, err)
			}
			if value, ok := got.FeatureGates["EventedPLEG"]; !ok || value != on {
				t.Errorf("%s sets %v, want %t", way.Title, got.FeatureGates, on)
			}
			if way.Scope == "" || way.Then == "" {
				t.Errorf("%+v", way)
			}
		}
	}
}

func TestInstanceConfigByVersion(t *testing.T) {
	for version, want := range map[known.Version]string{
		known.V(1, 33, 1): "",
		known.V(1, 34, 0): "NodeLocalCRISocket",
		known.V(1, 36, 3): "anew",
		{}:                "1.34 or later",
	} {
		ways := KubeadmLasting(version, true)
		last := ways[len(ways)-1]
		if has := last.Path == "/var/lib/kubelet/instance-config.yaml"; has != (want != "") {
			t.Errorf("%s: offers %s", version, last.Path)
		} else if has && !strings.Contains(last.But, want) {
			t.Errorf("%s: %q", version, last.But)
		}
	}
}
