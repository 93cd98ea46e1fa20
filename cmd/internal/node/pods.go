package node

import (
	"context"
	"errors"
	"path"
	"strings"

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

// isStatic: the kubelet marks the sandbox with where it has the pod from (kubernetes
// pkg/kubelet/types/pod_update.go, ConfigSourceAnnotationKey).
func isStatic(one cri.Sandbox) bool {
	source := one.Annotations["kubernetes.io/config.source"]
	return source == "file" || source == "http"
}

// isDaemonSet: only the DaemonSet controller gives its pods both labels (kubernetes
// pkg/controller/daemon/util).
func isDaemonSet(one cri.Sandbox) bool {
	return one.Labels["pod-template-generation"] != "" && one.Labels["controller-revision-hash"] != ""
}

// staticPods lists the manifests in the static pod folder.
func (s *sight) staticPods() verify.Fact[[]string] {
	setting := s.facts.Kubelet.StaticPodPath
	switch {
	case !setting.Known:
		return verify.Unseen[[]string]("the kubelet's static pod folder is not known: "+setting.Reason, setting.Hint)
	case setting.Value == "":
		return verify.Seen([]string(nil), "no staticPodPath")
	}
	names, err := s.manifests(setting.Value)
	switch {
	case errors.Is(err, errNotDir):
		return verify.Seen([]string{path.Base(setting.Value)}, setting.Value)
	case missing(err):
		return verify.Seen([]string(nil), setting.Value+", which is not there")
	case err != nil:
		return unseen[[]string](err)
	}
	return verify.Seen(names, setting.Value)
}

// manifests are the files that the kubelet reads as pods: all but folders and names that
// begin with a dot (kubernetes pkg/kubelet/config/file.go, extractFromDir).
func (s *sight) manifests(dir string) ([]string, error) {
	entries, err := s.host.Root.ReadDir(dir)
	if err != nil {
		return nil, notDir(err)
	}
	var names []string
	for _, entry := range entries {
		if !entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}
