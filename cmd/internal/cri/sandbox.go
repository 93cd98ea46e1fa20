package cri

import (
	"context"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Sandbox is one pod sandbox.
type Sandbox struct {
	ID, Name, Namespace, UID string
	Attempt                  uint32
	Ready                    bool
	Created                  time.Time
	Labels, Annotations      map[string]string
}

// SandboxStatus is one sandbox in detail.
type SandboxStatus struct {
	Sandbox
	// Timestamp is PodSandboxStatusResponse.timestamp, raw: 0 where the runtime does not
	// set it. CRI-O sets it exactly while its pod events are on (server/sandbox_status.go),
	// in nanoseconds, in old releases in seconds (cri-o/cri-o#8580).
	Timestamp int64
	// Containers are the container statuses that came with the answer.
	Containers int
}

// Container is one container.
type Container struct {
	ID, SandboxID, Name string
	// State is "created", "running", "exited" or "unknown".
	State string
	// Attempt is how often the container was started before, in its pod.
	Attempt uint32
	Created time.Time
	Labels  map[string]string
}

// Exit is how a container ended.
type Exit struct {
	Started, Finished time.Time
	Code              int32
}

// Exit asks how a container ended.
func (c *Client) Exit(ctx context.Context, container string) (Exit, error) {
	r, err := c.runtime.ContainerStatus(ctx, &runtimeapi.ContainerStatusRequest{ContainerId: container})
	if err != nil {
		return Exit{}, c.failed("ContainerStatus", err)
	}
	s := r.GetStatus()
	return Exit{Started: time.Unix(0, s.GetStartedAt()), Finished: time.Unix(0, s.GetFinishedAt()), Code: s.GetExitCode()}, nil
}

// Sandboxes lists the pod sandboxes that carry all the labels; nil lists them all.
func (c *Client) Sandboxes(ctx context.Context, labels map[string]string) ([]Sandbox, error) {
	r, err := c.runtime.ListPodSandbox(ctx, &runtimeapi.ListPodSandboxRequest{
		Filter: &runtimeapi.PodSandboxFilter{LabelSelector: labels},
	})
	if err != nil {
		return nil, c.failed("ListPodSandbox", err)
	}
	list := make([]Sandbox, 0, len(r.GetItems()))
	for _, s := range r.GetItems() {
		m := s.GetMetadata()
		list = append(list, Sandbox{
			ID: s.GetId(), Name: m.GetName(), Namespace: m.GetNamespace(), UID: m.GetUid(), Attempt: m.GetAttempt(),
			Ready: s.GetState() == runtimeapi.PodSandboxState_SANDBOX_READY, Created: time.Unix(0, s.GetCreatedAt()),
			Labels: s.GetLabels(), Annotations: s.GetAnnotations(),
		})
	}
	return list, nil
}

// SandboxStatus asks for one sandbox.
func (c *Client) SandboxStatus(ctx context.Context, id string) (SandboxStatus, error) {
	r, err := c.runtime.PodSandboxStatus(ctx, &runtimeapi.PodSandboxStatusRequest{PodSandboxId: id})
	if err != nil {
		return SandboxStatus{}, c.failed("PodSandboxStatus", err)
	}
	return SandboxStatus{
		Sandbox:    sandboxOf(r.GetStatus()),
		Timestamp:  r.GetTimestamp(),
		Containers: len(r.GetContainersStatuses()),
	}, nil
}

func sandboxOf(s *runtimeapi.PodSandboxStatus) Sandbox {
	m := s.GetMetadata()
	return Sandbox{
		ID: s.GetId(), Name: m.GetName(), Namespace: m.GetNamespace(), UID: m.GetUid(), Attempt: m.GetAttempt(),
		Ready: s.GetState() == runtimeapi.PodSandboxState_SANDBOX_READY, Created: time.Unix(0, s.GetCreatedAt()),
		Labels: s.GetLabels(), Annotations: s.GetAnnotations(),
	}
}

// Containers lists all containers, exited ones too.
func (c *Client) Containers(ctx context.Context) ([]Container, error) {
	r, err := c.runtime.ListContainers(ctx, &runtimeapi.ListContainersRequest{})
	if err != nil {
		return nil, c.failed("ListContainers", err)
	}
	list := make([]Container, 0, len(r.GetContainers()))
	for _, one := range r.GetContainers() {
		list = append(list, Container{
			ID: one.GetId(), SandboxID: one.GetPodSandboxId(), Name: one.GetMetadata().GetName(), Attempt: one.GetMetadata().GetAttempt(),
			State: stateName(one.GetState()), Created: time.Unix(0, one.GetCreatedAt()), Labels: one.GetLabels(),
		})
	}
	return list, nil
}

func stateName(s runtimeapi.ContainerState) string {
	switch s {
	case runtimeapi.ContainerState_CONTAINER_CREATED:
		return "created"
	case runtimeapi.ContainerState_CONTAINER_RUNNING:
		return "running"
	case runtimeapi.ContainerState_CONTAINER_EXITED:
		return "exited"
	}
	return "unknown"
}

// RunSandbox makes and starts a pod sandbox and returns its ID.
func (c *Client) RunSandbox(ctx context.Context, config *runtimeapi.PodSandboxConfig) (string, error) {
	r, err := c.runtime.RunPodSandbox(ctx, &runtimeapi.RunPodSandboxRequest{Config: config})
	if err != nil {
		return "", c.failed("RunPodSandbox", err)
	}
	return r.GetPodSandboxId(), nil
}

// StopSandbox stops a pod sandbox; one that is stopped already is not an error.
func (c *Client) StopSandbox(ctx context.Context, id string) error {
	if _, err := c.runtime.StopPodSandbox(ctx, &runtimeapi.StopPodSandboxRequest{PodSandboxId: id}); err != nil {
		return c.failed("StopPodSandbox", err)
	}
	return nil
}

// RemoveSandbox removes a pod sandbox; one that is gone already is not an error.
func (c *Client) RemoveSandbox(ctx context.Context, id string) error {
	if _, err := c.runtime.RemovePodSandbox(ctx, &runtimeapi.RemovePodSandboxRequest{PodSandboxId: id}); err != nil {
		return c.failed("RemovePodSandbox", err)
	}
	return nil
}
