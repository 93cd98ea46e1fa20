package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

func TestLab(t *testing.T) {
	on := true
	n := boot(t, node.Spec{Name: nodeName(t), Kubelet: "1.37.2", Verbosity: 2, Gate: &on, Pods: []node.Pod{node.Trickle(3), node.Steady("steady")}})
	err := node.Poll(t.Context(), 30*time.Second, func(ctx context.Context) error {
		m, err := n.Metrics(ctx)
		if err != nil {
			return err
		}
		if m[node.EventsReceived] < 5 {
			return fmt.Errorf("events %v", m[node.EventsReceived])
		}
		t.Log(m[node.StreamSuccesses], m[node.StreamErrors], m[node.EventsReceived], m[node.GateEnabled])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
