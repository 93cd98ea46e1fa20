package node

import (
	"context"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/verify"
)

// pods lists the ready pod sandboxes, and tells by the timestamp of one of them whether
// CRI-O's pod events are on: it sets the timestamp exactly then (cri-o
// server/sandbox_status.go).
func (s *sight) pods(ctx context.Context, client *RuntimeClient, inspect bool) verify.Fact[bool] {
	sandboxes, err := client.Sandboxes(ctx, nil)
	if err != nil {
		s.facts.Node.Pods = unseen[[]verify.Pod](err)
		return unseen[bool](err)
	}
	var pods []verify.Pod
	ready := ""
	for _, one := range sandboxes {
		if !one.Ready {
			continue
		}
		ready = one.ID
		pods = append(pods, verify.Pod{
			Namespace: one.Namespace, Name: one.Name,
			Static: isStatic(one), DaemonSet: isDaemonSet(one),
			Own: one.Labels[cri.StimulusLabel] != "",
		})
	}
	s.facts.Node.Pods = verify.Seen(pods, "CRI ListPodSandbox")
	if !inspect {
		return verify.Fact[bool]{}
	}
	if ready == "" {
		return verify.Unseen[bool]("no pod sandbox is there to read its timestamp", "")
	}
	status, err := client.SandboxStatus(ctx, ready)
	if err != nil {
		return unseen[bool](err)
	}
	return verify.Seen(status.Timestamp != 0, "CRI PodSandboxStatus")
}

// isStatic reports what the kubelet's own IsStaticPod does: the pod's source, with which it
// marks the sandbox, is not the API server (kubernetes pkg/kubelet/types/pod_update.go).
func isStatic(one cri.Sandbox) bool {
	source := one.Annotations["kubernetes.io/config.source"]
	return source != "" && source != "api"
}

// isDaemonSet: only the DaemonSet controller gives its pods both labels (kubernetes
// pkg/controller/daemon/util).
func isDaemonSet(one cri.Sandbox) bool {
	return one.Labels["pod-template-generation"] != "" && one.Labels["controller-revision-hash"] != ""
}
