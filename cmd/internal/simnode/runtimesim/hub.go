package runtimesim

import (
	"sync"

	"google.golang.org/grpc"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/verify/known"
)

type (
	event       = runtimeapi.ContainerEventResponse
	eventStream = grpc.ServerStreamingServer[runtimeapi.ContainerEventResponse]
)

// hub carries events from the runtime's actions to the readers of its event stream.
type hub interface {
	// publish is called inside the action that the event tells of.
	publish(*event)
	// serve is one reader's call; it returns when the reader or the runtime is gone.
	serve(eventStream) error
	// close ends every reader's stream cleanly.
	close()
}

func newHub(r known.Runtime, reader readerLeft) hub {
	switch {
	case r.Events == known.EventsShared:
		return newSharedHub()
	case r.Name == known.CRIO:
		return newCRIOHub(reader)
	default:
		return newQueueHub()
	}
}

// sharedHub is one queue for all readers: containerd 1.7 (pkg/cri/server/container_events.go
// and helpers.go at v1.7.34) and CRI-O 1.26 and 1.27. Each event goes to one reader; when
// nobody reads, the oldest 1000 are kept and newer ones are dropped; a reader that left is
// only noticed after it swallowed one more event.
type sharedHub struct {
	queue chan *event
	done  chan struct{}
	once  sync.Once
}

func newSharedHub() *sharedHub {
	return &sharedHub{queue: make(chan *event, 1000), done: make(chan struct{})}
}

func (h *sharedHub) publish(e *event) {
	select {
	case h.queue <- e:
	default:
	}
}

func (h *sharedHub) serve(s eventStream) error {
	for {
		select {
		case e := <-h.queue:
			if err := s.Send(e); err != nil {
				return err
			}
		case <-h.done:
			return nil
		}
	}
}

func (h *sharedHub) close() { h.once.Do(func() { close(h.done) }) }
