package runtimesim

import (
	"sync"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// keepUnread is how long containerd 2.x keeps events that nobody subscribed to
// (internal/cri/server/service.go at v2.3.4); readerBuffer is the size of each reader's
// buffer (internal/eventq/eventq.go).
const (
	keepUnread   = 5 * time.Minute
	readerBuffer = 100
)

// queueHub is containerd 2.x: every reader gets every event; without a reader events are
// kept for five minutes and the first reader gets them; a reader that does not read blocks
// whoever publishes, which are the CRI calls themselves; a reader that left is noticed at
// the next event only.
type queueHub struct {
	mu      sync.Mutex
	readers map[*queueReader]struct{}
	kept    []*event
	done    chan struct{}
	once    sync.Once
}

type queueReader struct {
	events chan *event
	gone   chan struct{}
}

func newQueueHub() *queueHub {
	return &queueHub{readers: map[*queueReader]struct{}{}, done: make(chan struct{})}
}

func (h *queueHub) publish(e *event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.readers) == 0 {
		h.keep(e)
		return
	}
	for r := range h.readers {
		select {
		case r.events <- e:
		case <-r.gone:
			delete(h.readers, r)
		case <-h.done:
			return
		}
	}
}

func (h *queueHub) keep(e *event) {
	oldest := time.Unix(0, e.GetCreatedAt()).Add(-keepUnread).UnixNano()
	for len(h.kept) > 0 && h.kept[0].GetCreatedAt() < oldest {
		h.kept = h.kept[1:]
	}
	h.kept = append(h.kept, e)
}

func (h *queueHub) serve(s eventStream) error {
	r := &queueReader{events: make(chan *event, readerBuffer), gone: make(chan struct{})}
	defer close(r.gone)
	h.mu.Lock()
	backlog := h.kept
	if len(h.readers) > 0 {
		backlog = nil
	} else {
		h.kept = nil
	}
	h.readers[r] = struct{}{}
	h.mu.Unlock()
	for _, e := range backlog {
		if err := s.Send(e); err != nil {
			return err
		}
	}
	for {
		select {
		case e := <-r.events:
			if err := s.Send(e); err != nil {
				return err
			}
		case <-h.done:
			return nil
		}
	}
}

func (h *queueHub) close() { h.once.Do(func() { close(h.done) }) }

// readers of nothing: CRI-O with its events off ends the stream at once and cleanly
// (server/container_events.go, v1.26.0 to v1.36.3; 1.25 has the same as a stub).
type silentHub struct{}

func (silentHub) publish(*runtimeapi.ContainerEventResponse) {}
func (silentHub) serve(eventStream) error                    { return nil }
func (silentHub) close()                                     {}
