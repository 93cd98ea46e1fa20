package runtimesim

import (
	"context"
	"maps"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// RunPodSandbox: containerd sends created and started once the sandbox is ready; CRI-O
// sends started only, as its created event finds no sandbox yet and is dropped.
func (s *server) RunPodSandbox(_ context.Context, r *runtimeapi.RunPodSandboxRequest) (*runtimeapi.RunPodSandboxResponse, error) {
	if !slices.Contains(s.d.store.images, s.d.opts.PauseImage) {
		return nil, status.Errorf(codes.Unknown, "failed to pull image %q: no registry can be reached", s.d.opts.PauseImage)
	}
	config, id := r.GetConfig(), newID()
	s.d.store.with(func() {
		s.d.store.sandboxes[id] = &runtimeapi.PodSandboxStatus{
			Id: id, Metadata: config.GetMetadata(), CreatedAt: s.d.store.now().UnixNano(),
			Network: &runtimeapi.PodSandboxNetworkStatus{}, Labels: config.GetLabels(), Annotations: config.GetAnnotations(),
		}
	})
	if s.d.does.lifecycle {
		s.d.publish(runtimeapi.ContainerEventType_CONTAINER_CREATED_EVENT, id, id)
	}
	s.d.publish(runtimeapi.ContainerEventType_CONTAINER_STARTED_EVENT, id, id)
	return &runtimeapi.RunPodSandboxResponse{PodSandboxId: id}, nil
}

// StopPodSandbox stops what runs in the sandbox and then the sandbox. Stopping twice is no
// error and sends nothing.
func (s *server) StopPodSandbox(_ context.Context, r *runtimeapi.StopPodSandboxRequest) (*runtimeapi.StopPodSandboxResponse, error) {
	id, stopped := r.GetPodSandboxId(), false
	s.d.stopInside(id)
	s.d.store.with(func() {
		if one := s.d.store.sandboxes[id]; one != nil && one.State == runtimeapi.PodSandboxState_SANDBOX_READY {
			one.State, stopped = runtimeapi.PodSandboxState_SANDBOX_NOTREADY, true
		}
	})
	if stopped {
		s.d.publish(runtimeapi.ContainerEventType_CONTAINER_STOPPED_EVENT, id, id)
	}
	return &runtimeapi.StopPodSandboxResponse{}, nil
}

// stopInside returns the containers of the sandbox.
func (d *Daemon) stopInside(sandboxID string) (inside []*runtimeapi.ContainerStatus) {
	d.store.with(func() { inside = d.store.inside(sandboxID) })
	for _, c := range inside {
		d.stopContainer(c.GetId())
	}
	return inside
}

// RemovePodSandbox: containerd sends deleted, CRI-O nothing.
func (s *server) RemovePodSandbox(_ context.Context, r *runtimeapi.RemovePodSandboxRequest) (*runtimeapi.RemovePodSandboxResponse, error) {
	st, id, there := s.d.store, r.GetPodSandboxId(), false
	for _, c := range s.d.stopInside(id) {
		s.d.removeContainer(c.GetId())
	}
	st.with(func() {
		_, there = st.sandboxes[id]
		if s.d.does.forgetsFirst {
			delete(st.sandboxes, id)
		}
	})
	if there && s.d.does.lifecycle {
		s.d.publish(runtimeapi.ContainerEventType_CONTAINER_DELETED_EVENT, id, id)
	}
	st.with(func() { delete(st.sandboxes, id) })
	return &runtimeapi.RemovePodSandboxResponse{}, nil
}

func (s *server) ListPodSandbox(_ context.Context, r *runtimeapi.ListPodSandboxRequest) (*runtimeapi.ListPodSandboxResponse, error) {
	resp := &runtimeapi.ListPodSandboxResponse{}
	s.d.store.with(func() {
		for _, id := range slices.Sorted(maps.Keys(s.d.store.sandboxes)) {
			one, wanted := s.d.store.sandboxes[id], true
			for name, value := range r.GetFilter().GetLabelSelector() {
				wanted = wanted && one.Labels[name] == value
			}
			if wanted {
				resp.Items = append(resp.Items, &runtimeapi.PodSandbox{
					Id: id, Metadata: one.Metadata, State: one.State, CreatedAt: one.CreatedAt, Labels: one.Labels, Annotations: one.Annotations,
				})
			}
		}
	})
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
	resp := &runtimeapi.PodSandboxStatusResponse{Status: proto.CloneOf(one)}
	if s.d.does.switched && s.d.config.podEvents {
		resp.Timestamp, resp.ContainersStatuses = st.now().UnixNano(), st.inside(one.Id)
	}
	return resp, nil
}
