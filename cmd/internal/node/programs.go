package node

import (
	"context"
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

// programVersion asks the running kubelet's own program for its version.
func (s *sight) programVersion(ctx context.Context) verify.Fact[known.Version] {
	const next = "set it with --kubelet-version"
	switch {
	case s.host.Offline:
		return verify.Unseen[known.Version](offlineWhy, next)
	case !s.facts.Kubelet.Process.Seen:
		return verify.Unseen[known.Version](s.facts.Kubelet.Process.Why, next)
	}
	program, err := s.host.Processes.Program(s.kubelet.process)
	if err != nil {
		return verify.Unseen[known.Version](fmt.Sprintf("%s of the kubelet is not asked for its version: %v", s.facts.Kubelet.Process.From, err), next)
	}
	out, err := s.host.Programs.Output(ctx, program, "--version")
	if err != nil {
		return verify.Unseen[known.Version](err.Error(), next)
	}
	// kubelet and hyperkube, k3s, rke2. A wrapper's own version is not the kubelet's.
	for _, line := range []string{"Kubernetes v", "k3s version v", "rke2 version v"} {
		if rest, ok := strings.CutPrefix(string(out), line); ok && strings.TrimSpace(rest) != "" {
			v, err := known.Parse(strings.Fields(rest)[0])
			if err != nil {
				return verify.Unseen[known.Version](err.Error(), next)
			}
			return verify.Seen(v, program+" --version")
		}
	}
	return verify.Unseen[known.Version](fmt.Sprintf("%s --version does not answer like a kubelet", program), next)
}
