package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// kill -9 in the middle of enable, at moments spread over the whole change:
// after recover the node is exactly as before, or exactly as wanted.
func TestFaultKilled(t *testing.T) {
	t.Parallel()
	n := faultNode(t)
	before, container := look(t, n), steadyContainer(t, n)
	whole := plegctl(t, n, 0, "enable").want(t, "works").Took
	wanted := look(t, n)
	plegctl(t, n, 0, "rollback").wantChanged(t, true)
	for i := range 8 {
		delay := whole * time.Duration(i) / 8
		// The process that makes the change runs in a service; systemd recovers after it.
		n.Run(t.Context(), fmt.Sprintf("plegctl -q enable & sleep %.3f; systemctl kill --signal=KILL --kill-who=main 'plegctl-change-*'; wait $!", delay.Seconds()))
		await(t, 2*time.Minute, "the change has ended", over(n))
		plegctl(t, n, 0, "recover")
		plegctl(t, n, 0, "recover").wantChanged(t, false)
		await(t, time.Minute, "the kubelet is healthy again", n.Healthy)
		state := "off"
		if n.Run(t.Context(), "grep -q 'EventedPLEG: true' "+node.KubeletConfig).Code == 0 {
			state = "works"
			wanted.same(t, look(t, n))
		} else {
			before.same(t, look(t, n))
		}
		plegctl(t, n, 0, "status").want(t, state)
		t.Logf("killed after %v: %s", delay.Round(time.Millisecond), state)
		plegctl(t, n, 0, "rollback").wantChanged(t, state == "works")
	}
	unharmed(t, n, before, container)
}

// The stimulus' sandboxes are gone after a run, and none is left of a run that
// was killed.
func TestStimulus(t *testing.T) {
	t.Parallel()
	n := boot(t, node.Spec{Kubelet: "1.37.2", Gate: node.On(), Pods: []node.Pod{node.Steady("steady")}})
	sandboxes := func() string {
		ids, err := n.Sandboxes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(ids, " ")
	}
	const labelled = `ctr -n k8s.io containers ls -q 'labels."plegctl.io/stimulus"'`
	before := sandboxes()
	plegctl(t, n, 0, "verify --level proven --stimulus").wantRung(t, "proven")
	if now := sandboxes(); now != before {
		t.Fatalf("sandboxes after the stimulus: %s, before: %s", now, before)
	}
	killed := 0
	for range 20 {
		// Killed as soon as its sandbox is there.
		n.Run(t.Context(), `plegctl -q verify --level proven --stimulus & pid=$!
			while kill -0 $pid 2>/dev/null; do
				`+labelled+` | grep -q . && kill -9 $pid
			done; wait $pid`)
		if must(t, n, labelled) != "" {
			killed++
			break
		}
	}
	t.Logf("%d killed run(s) left a sandbox behind", killed)
	// The runtime may still have been at work on the killed run's sandbox when the
	// next run cleared up, so more than one run may be needed.
	await(t, 30*time.Second, "the next runs clear up after the killed one", func(context.Context) error {
		plegctl(t, n, 0, "verify --level proven --stimulus").wantRung(t, "proven")
		if left := must(t, n, labelled); left != "" {
			return errors.New("sandboxes: " + left)
		}
		return nil
	})
}
