package node

import (
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify"
)

// The kubelet's unit may have any name: what is logged in it is the kubelet's, also where it
// refuses to start.
func TestKubeletLogOfAnyUnit(t *testing.T) {
	entry := logscan.Entry{
		Time: time.Now(), PID: 812, Unit: "node-agent.service", Identifier: "run.sh", Invocation: "aa",
		Message: []byte(`E1125 10:00:00.000001     812 run.go:72] "command failed" err="failed to set feature gates"`),
	}
	s := &sight{host: &Host{Journal: forgedJournal{entry}, Now: time.Now}}
	s.facts.Kubelet.Unit = verify.Seen(verify.Unit{Name: "node-agent.service", InvocationID: "aa"}, "systemd")
	s.kubeletLog(t.Context())
	if log := s.facts.Kubelet.Log; !log.Seen || log.Value.End == nil || !log.Value.End.Gates {
		t.Errorf("%+v", log)
	}
}

// A gate that the log names was seen; one that follows from what else it shows was inferred.
func TestGateInTheLog(t *testing.T) {
	const version = `I1125 10:00:00.000001     812 server.go:530] "Kubelet version" kubeletVersion="v1.36.3"`
	for name, c := range map[string]struct {
		line     string
		inferred bool
	}{
		"named":    {`I1125 10:00:00.100001     812 feature_gate.go:477] "Updated" featureGates={"EventedPLEG":true}`, false},
		"inferred": {`E1125 10:00:01.000001     812 remote_runtime.go:1086] "failed to receive streaming container event" err="EOF"`, true},
	} {
		var lines forgedJournal
		for _, message := range []string{version, c.line} {
			lines = append(lines, logscan.Entry{Time: time.Now(), PID: 812, Unit: "kubelet.service", Identifier: "kubelet", Message: []byte(message)})
		}
		s := &sight{host: &Host{Journal: lines, Now: time.Now}}
		s.facts.Kubelet.Unit = verify.Seen(verify.Unit{Name: "kubelet.service", InvocationID: strings.Repeat("a", 32)}, "systemd")
		s.kubeletLog(t.Context())
		if gate := s.kubelet.byLog; !verify.Is(gate, true) || gate.Inferred != c.inferred {
			t.Errorf("%s: %+v", name, gate)
		}
	}
}
