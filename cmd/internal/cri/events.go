package cri

import (
	"context"
	"strings"
	"time"

	"google.golang.org/grpc"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Event is one container event as the runtime sent it.
type Event struct {
	// Type is "created", "started", "stopped" or "deleted".
	Type string
	// ContainerID is the container's ID; for an event of the sandbox itself, the sandbox's.
	ContainerID string
	// Created is when the runtime made the event.
	Created time.Time
	// Sandbox is the zero value where the event carries no sandbox status; a kubelet
	// drops such an event (containerd 1.7 sends one for every sandbox it deletes).
	Sandbox Sandbox
	// HasStatus reports whether the sandbox status was there.
	HasStatus bool
	// Containers is the number of container statuses in the event.
	Containers int
}

// Stream is an open stream of container events. Read it until it ends: a reader that
// stays and does not read stalls containerd 2.x (internal/eventq, publish blocks).
type Stream struct {
	client *Client
	stream grpc.ServerStreamingClient[runtimeapi.ContainerEventResponse]
	cancel context.CancelFunc
}

// Events opens the stream. No error here does not mean that the runtime streams: the
// answer comes with the first Recv. The stream lives until ctx ends, Close is called, or
// the runtime ends it.
//
// On containerd 1.7 and CRI-O 1.26 and 1.27 every reader takes events away from the
// kubelet, and on CRI-O 1.28 to 1.32 a reader that leaves can crash the runtime: ask
// known.RuntimeAt first.
func (c *Client) Events(ctx context.Context) (*Stream, error) {
	ctx, cancel := context.WithCancel(ctx)
	s, err := c.runtime.GetContainerEvents(ctx, &runtimeapi.GetEventsRequest{})
	if err != nil {
		cancel()
		return nil, c.failed("GetContainerEvents", err)
	}
	return &Stream{client: c, stream: s, cancel: cancel}, nil
}

// Watch opens the stream and hands on every event until stop, which reads the stream empty.
// The stream must be read whatever becomes of its events, so each must not wait for long.
func (c *Client) Watch(ctx context.Context, each func(Event)) (stop func(), err error) {
	stream, err := c.Events(ctx)
	if err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			event, err := stream.Recv()
			if err != nil {
				return
			}
			each(event)
		}
	}()
	return func() {
		stream.cancel()
		<-ended
	}, nil
}

// Recv waits for the next event. A clean end by the runtime is an error of KindEnded.
func (s *Stream) Recv() (Event, error) {
	r, err := s.stream.Recv()
	if err != nil {
		return Event{}, s.client.failed("GetContainerEvents", err)
	}
	e := Event{
		Type: eventName(r.GetContainerEventType()), ContainerID: r.GetContainerId(),
		Created: time.Unix(0, r.GetCreatedAt()), Containers: len(r.GetContainersStatuses()),
	}
	if r.GetPodSandboxStatus() != nil {
		e.Sandbox, e.HasStatus = sandboxOf(r.GetPodSandboxStatus()), true
	}
	return e, nil
}

// Close ends the stream and reads it empty, so that no sender in the runtime is left
// waiting for us.
func (s *Stream) Close() {
	s.cancel()
	for {
		if _, err := s.stream.Recv(); err != nil {
			return
		}
	}
}

func eventName(t runtimeapi.ContainerEventType) string {
	name := strings.TrimSuffix(strings.TrimPrefix(t.String(), "CONTAINER_"), "_EVENT")
	return strings.ToLower(name)
}
