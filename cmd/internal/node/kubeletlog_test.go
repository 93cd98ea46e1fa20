package node

import (
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
