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
	c := &container{id: newID(), sandbox: r.GetPodSandboxId(), config: r.GetConfig(), created: st.now()}
	st.mu.Lock()
	_, there := st.sandboxes[c.sandbox]
	if there {
		st.containers[c.id] = c
	}
	st.mu.Unlock()
	if !there {
		return nil, status.Error(codes.NotFound, "failed to find sandbox: not found")
	}
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
	return time.Duration(seconds * float64(d.opts.Second)), err == nil
}

func (s *server) RemoveContainer(_ context.Context, r *runtimeapi.RemoveContainerRequest) (*runtimeapi.RemoveContainerResponse, error) {
	s.d.stopContainer(r.GetContainerId())
	s.d.removeContainer(r.GetContainerId())
	return &runtimeapi.RemoveContainerResponse{}, nil
}

func (d *Daemon) stopContainer(id string) {
	if d.store.exit(id) {
		d.exited(id)
	}
}

func (d *Daemon) exited(id string) {
	d.store.mu.Lock()
	c := d.store.containers[id]
	d.store.mu.Unlock()
	if c != nil {
		d.publish(runtimeapi.ContainerEventType_CONTAINER_STOPPED_EVENT, id, c.sandbox)
	}
}

func (d *Daemon) removeContainer(id string) {
	d.store.mu.Lock()
	c := d.store.containers[id]
	delete(d.store.containers, id)
	d.store.mu.Unlock()
	if c != nil {
		d.publish(runtimeapi.ContainerEventType_CONTAINER_DELETED_EVENT, id, c.sandbox)
	}
}

func (s *server) ListContainers(context.Context, *runtimeapi.ListContainersRequest) (*runtimeapi.ListContainersResponse, error) {
	st, resp := s.d.store, &runtimeapi.ListContainersResponse{}
	st.mu.Lock()
	defer st.mu.Unlock()
	for id := range st.sandboxes {
		for _, c := range st.inside(id) {
			resp.Containers = append(resp.Containers, c.listed())
		}
	}
	return resp, nil
}

// publish makes one event and hands it to the readers. A sandbox that is gone already
// leaves the status empty (containerd 1.7) or no event at all (CRI-O).
func (d *Daemon) publish(kind runtimeapi.ContainerEventType, id, sandboxID string) {
	if d.does.events == nobody || !d.config.podEvents {
		return
	}
	e := &event{ContainerId: id, ContainerEventType: kind, CreatedAt: d.store.now().UnixNano()}
	d.store.mu.Lock()
	one := d.store.sandboxes[sandboxID]
	if one != nil {
		e.PodSandboxStatus, e.ContainersStatuses = one.status(), d.store.statuses(sandboxID)
	}
	d.store.mu.Unlock()
	if one != nil || d.does.lifecycle {
		d.hub.publish(e) // outside the lock: containerd 2.x waits here for its readers
	}
}

// Emit publishes a made-up event, for load tests: it touches no container.
func (d *Daemon) Emit(e *runtimeapi.ContainerEventResponse) { d.hub.publish(e) }
