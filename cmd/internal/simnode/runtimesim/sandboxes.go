package runtimesim

import (
	"context"
	"maps"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// RunPodSandbox: containerd sends created and started once the sandbox is ready; CRI-O
// sends started only, as its created event finds no sandbox yet and is dropped.
func (s *server) RunPodSandbox(_ context.Context, r *runtimeapi.RunPodSandboxRequest) (*runtimeapi.RunPodSandboxResponse, error) {
	config, st := r.GetConfig(), s.d.store
	if !slices.Contains(st.imageList(), s.d.opts.PauseImage) {
		return nil, status.Errorf(codes.Unknown, "failed to pull image %q: no registry can be reached", s.d.opts.PauseImage)
	}
	one := &sandbox{id: newID(), config: config, created: st.now()}
	st.mu.Lock()
	st.sandboxes[one.id] = one
	st.mu.Unlock()
	if s.d.does.lifecycle {
		s.d.publish(runtimeapi.ContainerEventType_CONTAINER_CREATED_EVENT, one.id, one.id)
	}
	s.d.publish(runtimeapi.ContainerEventType_CONTAINER_STARTED_EVENT, one.id, one.id)
	return &runtimeapi.RunPodSandboxResponse{PodSandboxId: one.id}, nil
}

// StopPodSandbox stops what runs in the sandbox and then the sandbox. Stopping twice is no
// error and sends nothing.
func (s *server) StopPodSandbox(_ context.Context, r *runtimeapi.StopPodSandboxRequest) (*runtimeapi.StopPodSandboxResponse, error) {
	st := s.d.store
	st.mu.Lock()
	one := st.sandboxes[r.GetPodSandboxId()]
	if one == nil || one.stopped {
		st.mu.Unlock()
		return &runtimeapi.StopPodSandboxResponse{}, nil
	}
	inside := st.inside(one.id)
	st.mu.Unlock()
	for _, c := range inside {
		s.d.stopContainer(c.id)
	}
	st.mu.Lock()
	one.stopped = true
	st.mu.Unlock()
	s.d.publish(runtimeapi.ContainerEventType_CONTAINER_STOPPED_EVENT, one.id, one.id)
	return &runtimeapi.StopPodSandboxResponse{}, nil
}

// RemovePodSandbox: containerd sends deleted, CRI-O nothing.
func (s *server) RemovePodSandbox(_ context.Context, r *runtimeapi.RemovePodSandboxRequest) (*runtimeapi.RemovePodSandboxResponse, error) {
	st, id := s.d.store, r.GetPodSandboxId()
	st.mu.Lock()
	_, there := st.sandboxes[id]
	inside := st.inside(id)
	st.mu.Unlock()
	if !there {
		return &runtimeapi.RemovePodSandboxResponse{}, nil
	}
	for _, c := range inside {
		s.d.stopContainer(c.id)
		s.d.removeContainer(c.id)
	}
	if s.d.does.forgetsFirst {
		st.remove(id)
	}
	if s.d.does.lifecycle {
		s.d.publish(runtimeapi.ContainerEventType_CONTAINER_DELETED_EVENT, id, id)
	}
	st.remove(id)
	return &runtimeapi.RemovePodSandboxResponse{}, nil
}

func (s *Store) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sandboxes, id)
}

func (s *server) ListPodSandbox(_ context.Context, r *runtimeapi.ListPodSandboxRequest) (*runtimeapi.ListPodSandboxResponse, error) {
	st, resp := s.d.store, &runtimeapi.ListPodSandboxResponse{}
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, one := range slices.SortedFunc(maps.Values(st.sandboxes), func(a, b *sandbox) int { return strings.Compare(a.id, b.id) }) {
		has := one.config.GetLabels()
		wanted := true
		for name, value := range r.GetFilter().GetLabelSelector() {
			wanted = wanted && has[name] == value
		}
		if wanted {
			resp.Items = append(resp.Items, one.listed())
		}
	}
	return resp, nil
}

// PodSandboxStatus: CRI-O adds a timestamp and the containers while its events are on
// (server/sandbox_status.go).
func (s *server) PodSandboxStatus(_ context.Context, r *runtimeapi.PodSandboxStatusRequest) (*runtimeapi.PodSandboxStatusResponse, error) {
	st := s.d.store
	st.mu.Lock()
	defer st.mu.Unlock()
	one := st.sandboxes[r.GetPodSandboxId()]
	if one == nil {
		return nil, status.Errorf(codes.NotFound, "an error occurred when try to find sandbox: not found")
	}
	resp := &runtimeapi.PodSandboxStatusResponse{Status: one.status()}
	if s.d.does.switched && s.d.config.podEvents {
		resp.Timestamp, resp.ContainersStatuses = st.now().UnixNano(), st.statuses(one.id)
	}
	return resp, nil
}
