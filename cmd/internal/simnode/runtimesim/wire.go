package runtimesim

import (
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/verify/known"
)

func (s *sandbox) status() *runtimeapi.PodSandboxStatus {
	return &runtimeapi.PodSandboxStatus{
		Id: s.id, Metadata: s.config.GetMetadata(), State: s.state, CreatedAt: s.created.UnixNano(),
		Network:     &runtimeapi.PodSandboxNetworkStatus{},
		Labels:      s.config.GetLabels(),
		Annotations: s.config.GetAnnotations(),
	}
}

func (s *sandbox) listed() *runtimeapi.PodSandbox {
	return &runtimeapi.PodSandbox{
		Id: s.id, Metadata: s.config.GetMetadata(), State: s.state, CreatedAt: s.created.UnixNano(),
		Labels: s.config.GetLabels(), Annotations: s.config.GetAnnotations(),
	}
}

func (c *container) status() *runtimeapi.ContainerStatus {
	st := &runtimeapi.ContainerStatus{
		Id: c.id, Metadata: c.config.GetMetadata(), State: c.state, CreatedAt: c.created.UnixNano(),
		StartedAt: nanos(c.started), FinishedAt: nanos(c.finished),
		Image: c.config.GetImage(), ImageRef: c.config.GetImage().GetImage(),
		Labels: c.config.GetLabels(), Annotations: c.config.GetAnnotations(),
		// Never empty: a kubelet cleans up by the pattern LogPath + "*".
		LogPath: "/var/log/pods/sim/" + c.id + ".log",
	}
	if c.state == runtimeapi.ContainerState_CONTAINER_EXITED {
		st.Reason = "Completed"
	}
	return st
}

func (c *container) listed() *runtimeapi.Container {
	return &runtimeapi.Container{
		Id: c.id, PodSandboxId: c.sandbox, Metadata: c.config.GetMetadata(), State: c.state, CreatedAt: c.created.UnixNano(),
		Image: c.config.GetImage(), ImageRef: c.config.GetImage().GetImage(),
		Labels: c.config.GetLabels(), Annotations: c.config.GetAnnotations(),
	}
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// statuses are the container statuses that go with a sandbox: containerd selects by
// sandbox, CRI-O by the label io.kubernetes.pod.uid (cri-o v1.36.3 server/server.go).
// Called with the store locked.
func (d *Daemon) statuses(s *sandbox) []*runtimeapi.ContainerStatus {
	var list []*runtimeapi.ContainerStatus
	for _, c := range d.store.containersOf(s.id) {
		if d.known.Name == known.CRIO && c.config.GetLabels()["io.kubernetes.pod.uid"] != s.config.GetMetadata().GetUid() {
			continue
		}
		list = append(list, c.status())
	}
	return list
}

// timestamp is PodSandboxStatusResponse.timestamp: set by CRI-O while its events are on
// (server/sandbox_status.go), in seconds by the releases with cri-o/cri-o#8580, and by
// containerd 2.0.0-rc.5 to 2.0.2, where it comes without container statuses.
func (d *Daemon) timestamp() int64 {
	switch {
	case !d.known.SetsTimestamp, d.known.Name == known.CRIO && !d.podEvents:
		return 0
	case d.known.TimestampSeconds:
		return d.store.now().Unix()
	}
	return d.store.now().UnixNano()
}
