package e2e

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// The whole loop, for each kubelet: from a node that knows nothing of the
// feature to a proven one and back, without a trace and without a pod noticing.
func TestLoop(t *testing.T) {
	t.Parallel()
	for _, version := range moreKubelets() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			n := boot(t, node.Spec{Kubelet: version, Verbosity: 4, Pods: pods()})
			before, container := look(t, n), steadyContainer(t, n)

			plegctl(t, n, 0, "status").want(t, "off").wantChanged(t, false)
			state, code := working(n)
			plegctl(t, n, 0, "preflight"+accept(n)).wantChanged(t, false)
			plegctl(t, n, 0, "plan"+accept(n)).wantChanged(t, false).says(t, node.KubeletConfig, "kubelet.service")
			plegctl(t, n, 10, "plan --exit-code"+accept(n)).wantChanged(t, false)
			before.same(t, look(t, n))

			oldEnough(t, n)
			plegctl(t, n, 0, "enable --reason 'the loop'"+accept(n)).wantChanged(t, true).want(t, state).says(t, `"asBefore": `)
			plegctl(t, n, 0, "enable"+accept(n)).wantChanged(t, false)
			awaitEvents(t, n)
			noOldEvents(t, n)
			if proof := plegctl(t, n, code, "verify --level proven --stimulus").want(t, state); code == 0 {
				proof.wantRung(t, "proven") // no pod is run where it could come to harm
			}
			plegctl(t, n, code, "status").want(t, state)
			plegctl(t, n, 0, "logs").want(t, "works")
			probe(t, n)
			plegctl(t, n, 0, "measure --for 3s").says(t, "relistsPerMinute")
			plegctl(t, n, 0, "history").says(t, "the loop")

			plegctl(t, n, 0, "disable").wantChanged(t, true)
			plegctl(t, n, 0, "status").want(t, "off")
			plegctl(t, n, 0, "rollback")
			plegctl(t, n, 0, "rollback").wantChanged(t, false)
			before.same(t, look(t, n))
			if err := n.Healthy(t.Context()); err != nil {
				t.Fatal(err)
			}
			if now := steadyContainer(t, n); now != container {
				t.Fatalf("pod steady was restarted: %s, was %s", now, container)
			}
		})
	}
}

// tooOld is an age that only an event has that containerd kept from before the kubelet's
// start; it is the last bucket of the kubelet's histogram of delays.
const tooOld = "10"

// oldEnough waits until containerd has kept events that long.
func oldEnough(t *testing.T, n *node.Node) {
	t.Helper()
	await(t, time.Minute, "containerd keeps events that are "+tooOld+" s old", func(ctx context.Context) error {
		_, err := n.Must(ctx, "pid=$(systemctl show -P MainPID kubelet.service); test $(ps -o etimes= -p $pid) -gt "+tooOld)
		return err
	})
}

// noOldEvents holds that the kubelet took none of them for news.
func noOldEvents(t *testing.T, n *node.Node) {
	t.Helper()
	m, err := n.Metrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if old := m[node.EventsReceived] - m[node.EventsWithin(tooOld)]; old != 0 {
		t.Errorf("the kubelet got %v of %v events from before its start", old, m[node.EventsReceived])
	}
}

// probe sees real container events: those of the pod whose container ends every
// few seconds.
func probe(t *testing.T, n *node.Node) {
	t.Helper()
	out := n.Run(t.Context(), "plegctl -o json probe --count 3 --duration 60s")
	if out.Code != 0 {
		t.Fatal(out)
	}
	events := 0
	for line := range strings.Lines(out.Stdout) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("a line of the probe is no JSON: %v\n%v", err, out)
		}
		if strings.Contains(line, "trickle") {
			events++
		}
	}
	if events < 3 {
		t.Fatalf("the probe saw %d events of pod trickle\n%v", events, out)
	}
}
