package platform

import (
	"slices"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
)

func TestInstanceConfigByVersion(t *testing.T) {
	for version, want := range map[known.Version]bool{known.V(1, 33, 1): false, known.V(1, 34, 0): true, known.V(1, 36, 3): true, {}: true} {
		if got := KubeadmLasting(version); slices.Contains(got, "/var/lib/kubelet/instance-config.yaml") != want || len(got) < 2 {
			t.Errorf("%s: %q", version, got)
		}
	}
}
