package node

import (
	"context"

	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/start"
)

// kubeletSeen is what later parts of an observation need and facts do not carry.
type kubeletSeen struct {
	unitName string
	unit     systemd.Unit
	process  procfs.Process
	// planned is how the unit starts the kubelet; command is what counts for its next start.
	planned, command start.Command
	sources          kubeletSources
	// byConfigz, byMetrics and byLog are the running gate, per source.
	byConfigz, byMetrics, byLog verify.Fact[bool]
}

// kubeletRunning orders what shows the running gate, best source first.
func (s *sight) kubeletRunning() {
	for _, fact := range []verify.Fact[bool]{s.kubelet.byConfigz, s.kubelet.byMetrics, s.kubelet.byLog} {
		if fact.Seen || fact.Why != "" {
			s.facts.Kubelet.Running = append(s.facts.Kubelet.Running, fact)
		}
	}
}

// kubeletVersion takes the version from the surest source that shows it: the running
// process by its metrics or its log, its binary, and last the operator.
func (s *sight) kubeletVersion(ctx context.Context) {
	k := &s.facts.Kubelet
	if m := k.Metrics; m.Seen && m.Value.Version != "" {
		if v, err := known.Parse(m.Value.Version); err == nil {
			k.Version = verify.Seen(v, "kubelet /metrics")
			return
		}
	}
	if l := k.Log; l.Seen && !l.Value.Version.IsZero() {
		k.Version = verify.Seen(l.Value.Version, "start of the kubelet's log")
		return
	}
	k.Version = s.programVersion(ctx)
	if !k.Version.Seen && s.options.KubeletVersion != "" {
		k.Version = statedVersion(s.options.KubeletVersion, "--kubelet-version")
		return
	}
	if s.host.Offline {
		k.Version = s.installed(s.kubelet.planned, "--kubelet-version", kubeletPackage())
	}
}
