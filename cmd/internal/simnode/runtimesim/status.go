package runtimesim

import (
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func (s *sandbox) state() runtimeapi.PodSandboxState {
	if s.stopped {
		return runtimeapi.PodSandboxState_SANDBOX_NOTREADY
	}
	return runtimeapi.PodSandboxState_SANDBOX_READY
}

func (s *sandbox) status() *runtimeapi.PodSandboxStatus {
	return &runtimeapi.PodSandboxStatus{
		Id: s.id, Metadata: s.config.GetMetadata(), State: s.state(), CreatedAt: s.created.UnixNano(),
		Network: &runtimeapi.PodSandboxNetworkStatus{}, Labels: s.config.GetLabels(), Annotations: s.config.GetAnnotations(),
	}
}

func (s *sandbox) listed() *runtimeapi.PodSandbox {
	return &runtimeapi.PodSandbox{
		Id: s.id, Metadata: s.config.GetMetadata(), State: s.state(), CreatedAt: s.created.UnixNano(),
		Labels: s.config.GetLabels(), Annotations: s.config.GetAnnotations(),
	}
}

func (c *container) status() *runtimeapi.ContainerStatus {
	st := &runtimeapi.ContainerStatus{
		Id: c.id, Metadata: c.config.GetMetadata(), State: c.state, CreatedAt: c.created.UnixNano(),
		StartedAt: nanos(c.started), FinishedAt: nanos(c.finished), Image: c.config.GetImage(), ImageRef: c.config.GetImage().GetImage(),
		Labels: c.config.GetLabels(), Annotations: c.config.GetAnnotations(), LogPath: "/var/log/pods/sim/" + c.id + ".log",
	}
	if c.state == runtimeapi.ContainerState_CONTAINER_EXITED {
		st.Reason = "Completed"
	}
	return st
}

func (c *container) listed() *runtimeapi.Container {
	return &runtimeapi.Container{
		Id: c.id, PodSandboxId: c.sandbox, Metadata: c.config.GetMetadata(), State: c.state, CreatedAt: c.created.UnixNano(),
		Image: c.config.GetImage(), ImageRef: c.config.GetImage().GetImage(), Labels: c.config.GetLabels(), Annotations: c.config.GetAnnotations(),
	}
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// statuses are those of the containers in a sandbox. Called with the store locked.
func (s *Store) statuses(sandboxID string) []*runtimeapi.ContainerStatus {
	var list []*runtimeapi.ContainerStatus
	for _, c := range s.inside(sandboxID) {
		list = append(list, c.status())
	}
	return list
}
