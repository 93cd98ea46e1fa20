package runtimesim

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func (s *server) CreateContainer(_ context.Context, r *runtimeapi.CreateContainerRequest) (*runtimeapi.CreateContainerResponse, error) {
	st := s.d.store
	st.mu.Lock()
	if st.sandboxes[r.GetPodSandboxId()] == nil {
		st.mu.Unlock()
		return nil, status.Error(codes.NotFound, "failed to find sandbox: not found")
	}
	c := &container{id: newID(), sandbox: r.GetPodSandboxId(), config: r.GetConfig(), created: st.now()}
	st.containers[c.id] = c
	st.mu.Unlock()
	s.d.publish(runtimeapi.ContainerEventType_CONTAINER_CREATED_EVENT, c.id, c.sandbox)
	return &runtimeapi.CreateContainerResponse{ContainerId: c.id}, nil
}

// StartContainer runs the container; a command "sleep N" ends it after N of the node's
// seconds, any other runs until it is stopped.
func (s *server) StartContainer(_ context.Context, r *runtimeapi.StartContainerRequest) (*runtimeapi.StartContainerResponse, error) {
	st := s.d.store
	st.mu.Lock()
	c := st.containers[r.GetContainerId()]
	if c == nil {
		st.mu.Unlock()
		return nil, status.Error(codes.NotFound, "failed to find container: not found")
	}
	c.state, c.started = runtimeapi.ContainerState_CONTAINER_RUNNING, st.now()
	if life, ok := s.d.lifetime(c.config.GetCommand()); ok {
		c.timer = time.AfterFunc(life, func() { st.expire(c.id) })
	}
	st.mu.Unlock()
	s.d.publish(runtimeapi.ContainerEventType_CONTAINER_STARTED_EVENT, c.id, c.sandbox)
	return &runtimeapi.StartContainerResponse{}, nil
}

func (d *Daemon) lifetime(command []string) (time.Duration, bool) {
	if len(command) != 2 || command[0] != "sleep" {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(command[1], 64)
	if err != nil {
		return 0, false
	}
	return time.Duration(seconds * float64(d.opts.Second)), true
}

func (s *server) StopContainer(_ context.Context, r *runtimeapi.StopContainerRequest) (*runtimeapi.StopContainerResponse, error) {
	s.d.stopContainer(r.GetContainerId())
	return &runtimeapi.StopContainerResponse{}, nil
}

func (s *server) RemoveContainer(_ context.Context, r *runtimeapi.RemoveContainerRequest) (*runtimeapi.RemoveContainerResponse, error) {
	s.d.stopContainer(r.GetContainerId())
	s.d.removeContainer(r.GetContainerId())
	return &runtimeapi.RemoveContainerResponse{}, nil
}

// stopContainer: CRI-O 1.26 and 1.27 send a bogus deleted event with it
// (gone in 1.28.0).
func (d *Daemon) stopContainer(id string) {
	if !d.store.exit(id) {
		return
	}
	d.exited(id)
	if d.known.ProbeTheft && d.known.NeedsSwitch {
		d.publish(runtimeapi.ContainerEventType_CONTAINER_DELETED_EVENT, id, d.store.sandboxOf(id))
	}
}

func (d *Daemon) exited(id string) {
	d.publish(runtimeapi.ContainerEventType_CONTAINER_STOPPED_EVENT, id, d.store.sandboxOf(id))
}

func (d *Daemon) removeContainer(id string) {
	sandboxID := d.store.sandboxOf(id)
	d.store.mu.Lock()
	_, there := d.store.containers[id]
	delete(d.store.containers, id)
	d.store.mu.Unlock()
	if there {
		d.publish(runtimeapi.ContainerEventType_CONTAINER_DELETED_EVENT, id, sandboxID)
	}
}

func (s *Store) sandboxOf(containerID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.containers[containerID]; c != nil {
		return c.sandbox
	}
	return ""
}

func (s *server) ListContainers(_ context.Context, r *runtimeapi.ListContainersRequest) (*runtimeapi.ListContainersResponse, error) {
	st := s.d.store
	st.mu.Lock()
	defer st.mu.Unlock()
	resp := &runtimeapi.ListContainersResponse{}
	for id := range st.sandboxes {
		if want := r.GetFilter().GetPodSandboxId(); want != "" && want != id {
			continue
		}
		for _, c := range st.containersOf(id) {
			resp.Containers = append(resp.Containers, c.listed())
		}
	}
	return resp, nil
}

func (s *server) ContainerStatus(_ context.Context, r *runtimeapi.ContainerStatusRequest) (*runtimeapi.ContainerStatusResponse, error) {
	st := s.d.store
	st.mu.Lock()
	defer st.mu.Unlock()
	c := st.containers[r.GetContainerId()]
	if c == nil {
		return nil, status.Errorf(codes.NotFound, "an error occurred when try to find container %q: not found", r.GetContainerId())
	}
	return &runtimeapi.ContainerStatusResponse{Status: c.status()}, nil
}
