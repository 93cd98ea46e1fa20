package runtimesim

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func (s *server) CreateContainer(_ context.Context, r *runtimeapi.CreateContainerRequest) (*runtimeapi.CreateContainerResponse, error) {
	st, config, id, there := s.d.store, r.GetConfig(), newID(), false
	st.with(func() {
		if _, there = st.sandboxes[r.GetPodSandboxId()]; there {
			st.containers[id] = &container{sandbox: r.GetPodSandboxId(), command: config.GetCommand(), ContainerStatus: &runtimeapi.ContainerStatus{
				Id: id, Metadata: config.GetMetadata(), CreatedAt: st.now().UnixNano(), Image: config.GetImage(), ImageRef: config.GetImage().GetImage(),
				Labels: config.GetLabels(), Annotations: config.GetAnnotations(), LogPath: "/var/log/pods/sim/" + id + ".log",
			}}
		}
	})
	if !there {
		return nil, status.Error(codes.NotFound, "failed to find sandbox: not found")
	}
	s.d.publish(runtimeapi.ContainerEventType_CONTAINER_CREATED_EVENT, id, r.GetPodSandboxId())
	return &runtimeapi.CreateContainerResponse{ContainerId: id}, nil
}

// StartContainer runs the container; a command "sleep N" ends it after N of the node's
// seconds, any other runs until it is stopped.
func (s *server) StartContainer(_ context.Context, r *runtimeapi.StartContainerRequest) (*runtimeapi.StartContainerResponse, error) {
	st, sandbox := s.d.store, ""
	st.with(func() {
		if c := st.containers[r.GetContainerId()]; c != nil {
			sandbox, c.State, c.StartedAt = c.sandbox, runtimeapi.ContainerState_CONTAINER_RUNNING, st.now().UnixNano()
			if len(c.command) == 2 && c.command[0] == "sleep" {
				seconds, _ := strconv.ParseFloat(c.command[1], 64) // the pod is ours
				c.timer = time.AfterFunc(time.Duration(seconds*float64(s.d.opts.Second)), func() { st.expire(r.GetContainerId()) })
			}
		}
	})
	if sandbox == "" {
		return nil, status.Error(codes.NotFound, "failed to find container: not found")
	}
	s.d.publish(runtimeapi.ContainerEventType_CONTAINER_STARTED_EVENT, r.GetContainerId(), sandbox)
	return &runtimeapi.StartContainerResponse{}, nil
}

func (s *server) RemoveContainer(_ context.Context, r *runtimeapi.RemoveContainerRequest) (*runtimeapi.RemoveContainerResponse, error) {
	s.d.stopContainer(r.GetContainerId())
	s.d.removeContainer(r.GetContainerId())
	return &runtimeapi.RemoveContainerResponse{}, nil
}

// StopContainer kills: "sleep" as the first process of its namespace ignores SIGTERM.
func (s *server) StopContainer(_ context.Context, r *runtimeapi.StopContainerRequest) (*runtimeapi.StopContainerResponse, error) {
	s.d.stopContainer(r.GetContainerId())
	return &runtimeapi.StopContainerResponse{}, nil
}

func (s *server) ContainerStatus(_ context.Context, r *runtimeapi.ContainerStatusRequest) (*runtimeapi.ContainerStatusResponse, error) {
	resp := &runtimeapi.ContainerStatusResponse{}
	s.d.store.with(func() {
		if c := s.d.store.containers[r.GetContainerId()]; c != nil {
			resp.Status = proto.CloneOf(c.ContainerStatus)
		}
	})
	if resp.Status == nil {
		return nil, status.Error(codes.NotFound, "an error occurred when try to find container: not found")
	}
	return resp, nil
}

func (d *Daemon) stopContainer(id string) {
	if d.store.exit(id, 137) {
		d.exited(id)
	}
}

func (d *Daemon) exited(id string) {
	d.publishOf(runtimeapi.ContainerEventType_CONTAINER_STOPPED_EVENT, id, false)
}

func (d *Daemon) removeContainer(id string) {
	d.publishOf(runtimeapi.ContainerEventType_CONTAINER_DELETED_EVENT, id, true)
}

// publishOf publishes an event of a container, where there is one, and forgets it if told so.
func (d *Daemon) publishOf(kind runtimeapi.ContainerEventType, id string, forget bool) {
	var c *container
	d.store.with(func() {
		if c = d.store.containers[id]; forget {
			delete(d.store.containers, id)
		}
	})
	if c != nil {
		d.publish(kind, id, c.sandbox)
	}
}

func (s *server) ListContainers(context.Context, *runtimeapi.ListContainersRequest) (*runtimeapi.ListContainersResponse, error) {
	resp := &runtimeapi.ListContainersResponse{}
	s.d.store.with(func() {
		for id := range s.d.store.sandboxes {
			for _, c := range s.d.store.inside(id) {
				resp.Containers = append(resp.Containers, &runtimeapi.Container{
					Id: c.Id, PodSandboxId: id, Metadata: c.Metadata, State: c.State, CreatedAt: c.CreatedAt, Image: c.Image, ImageRef: c.ImageRef, Labels: c.Labels, Annotations: c.Annotations,
				})
			}
		}
	})
	return resp, nil
}

// publish makes one event and hands it to the readers. A sandbox that is gone already
// leaves the status empty (containerd 1.7) or no event at all (CRI-O).
func (d *Daemon) publish(kind runtimeapi.ContainerEventType, id, sandboxID string) {
	e := &event{ContainerId: id, ContainerEventType: kind, CreatedAt: d.store.now().UnixNano()}
	d.store.with(func() {
		if one := d.store.sandboxes[sandboxID]; one != nil {
			e.PodSandboxStatus, e.ContainersStatuses = proto.CloneOf(one), d.store.inside(sandboxID)
		}
	})
	if d.does.events != nobody && d.config.podEvents && (e.PodSandboxStatus != nil || d.does.lifecycle) {
		d.hub.publish(e) // outside the lock: containerd 2.x waits here for its readers
	}
}

// Emit publishes a made-up event, for load tests: it touches no container.
func (d *Daemon) Emit(e *runtimeapi.ContainerEventResponse) { d.hub.publish(e) }
