package runtimesim

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/verify/known"
)

// RunPodSandbox: containerd sends created and started once the sandbox is ready; CRI-O
// sends started only, as its created event finds no sandbox yet and is dropped.
func (s *server) RunPodSandbox(_ context.Context, r *runtimeapi.RunPodSandboxRequest) (*runtimeapi.RunPodSandboxResponse, error) {
	config := r.GetConfig()
	if err := s.d.checkSandbox(config); err != nil {
		return nil, err
	}
	st := s.d.store
	one := &sandbox{id: newID(), config: config, state: runtimeapi.PodSandboxState_SANDBOX_READY, created: st.now()}
	st.mu.Lock()
	for _, other := range st.sandboxes {
		a, b := other.config.GetMetadata(), config.GetMetadata()
		if a.GetName() == b.GetName() && a.GetNamespace() == b.GetNamespace() && a.GetUid() == b.GetUid() && a.GetAttempt() == b.GetAttempt() {
			st.mu.Unlock()
			return nil, status.Errorf(codes.Unknown, "failed to reserve sandbox name: name %q is reserved for %q", a.GetName(), other.id)
		}
	}
	st.sandboxes[one.id] = one
	st.mu.Unlock()
	if s.d.known.Name == known.Containerd {
		s.d.publish(runtimeapi.ContainerEventType_CONTAINER_CREATED_EVENT, one.id, one.id)
	}
	s.d.publish(runtimeapi.ContainerEventType_CONTAINER_STARTED_EVENT, one.id, one.id)
	return &runtimeapi.RunPodSandboxResponse{PodSandboxId: one.id}, nil
}

func (d *Daemon) checkSandbox(config *runtimeapi.PodSandboxConfig) error {
	switch {
	case config.GetMetadata() == nil:
		return status.Error(codes.Unknown, "sandbox config must include metadata")
	case d.known.Name == known.CRIO && config.GetMetadata().GetName() == "":
		return status.Error(codes.Unknown, "PodSandboxConfig.Metadata.Name should not be empty")
	case !d.store.image(d.opts.PauseImage):
		return status.Errorf(codes.Unknown, "failed to pull image %q: no registry can be reached", d.opts.PauseImage)
	}
	return nil
}

// StopPodSandbox stops what runs in the sandbox and then the sandbox. Stopping twice is no
// error and sends nothing.
func (s *server) StopPodSandbox(_ context.Context, r *runtimeapi.StopPodSandboxRequest) (*runtimeapi.StopPodSandboxResponse, error) {
	st := s.d.store
	st.mu.Lock()
	one := st.sandboxes[r.GetPodSandboxId()]
	if one == nil || one.state == runtimeapi.PodSandboxState_SANDBOX_NOTREADY {
		st.mu.Unlock()
		return &runtimeapi.StopPodSandboxResponse{}, nil
	}
	inside := st.containersOf(one.id)
	st.mu.Unlock()
	for _, c := range inside {
		s.d.stopContainer(c.id)
	}
	st.mu.Lock()
	one.state = runtimeapi.PodSandboxState_SANDBOX_NOTREADY
	st.mu.Unlock()
	s.d.publish(runtimeapi.ContainerEventType_CONTAINER_STOPPED_EVENT, one.id, one.id)
	return &runtimeapi.StopPodSandboxResponse{}, nil
}

// RemovePodSandbox: containerd sends deleted, 1.7 without a sandbox status (it removes the
// entry first); CRI-O sends nothing.
func (s *server) RemovePodSandbox(_ context.Context, r *runtimeapi.RemovePodSandboxRequest) (*runtimeapi.RemovePodSandboxResponse, error) {
	st := s.d.store
	st.mu.Lock()
	one := st.sandboxes[r.GetPodSandboxId()]
	if one == nil {
		st.mu.Unlock()
		return &runtimeapi.RemovePodSandboxResponse{}, nil
	}
	inside := st.containersOf(one.id)
	st.mu.Unlock()
	for _, c := range inside {
		s.d.stopContainer(c.id)
		s.d.removeContainer(c.id)
	}
	early := s.d.known.Version.MinorLess(2, 0)
	if early {
		st.remove(one.id)
	}
	if s.d.known.Name == known.Containerd {
		s.d.publish(runtimeapi.ContainerEventType_CONTAINER_DELETED_EVENT, one.id, one.id)
	}
	st.remove(one.id)
	return &runtimeapi.RemovePodSandboxResponse{}, nil
}

func (s *Store) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sandboxes, id)
}

func (s *server) ListPodSandbox(_ context.Context, r *runtimeapi.ListPodSandboxRequest) (*runtimeapi.ListPodSandboxResponse, error) {
	st := s.d.store
	st.mu.Lock()
	defer st.mu.Unlock()
	resp := &runtimeapi.ListPodSandboxResponse{}
	filter := r.GetFilter()
	for _, one := range st.matching(filter.GetLabelSelector()) {
		if filter.GetId() != "" && filter.GetId() != one.id || filter.GetState() != nil && filter.GetState().GetState() != one.state {
			continue
		}
		resp.Items = append(resp.Items, one.listed())
	}
	return resp, nil
}

func (s *server) PodSandboxStatus(_ context.Context, r *runtimeapi.PodSandboxStatusRequest) (*runtimeapi.PodSandboxStatusResponse, error) {
	st := s.d.store
	st.mu.Lock()
	defer st.mu.Unlock()
	one := st.sandboxes[r.GetPodSandboxId()]
	if one == nil {
		return nil, status.Errorf(codes.NotFound, "an error occurred when try to find sandbox: not found")
	}
	resp := &runtimeapi.PodSandboxStatusResponse{Status: one.status(), Timestamp: s.d.timestamp()}
	if s.d.known.Name == known.CRIO && s.d.podEvents {
		resp.ContainersStatuses = s.d.statuses(one)
	}
	return resp, nil
}
