package runtimesim

import (
	"sync"
)

// readerLeft is told that a reader of CRI-O's events has gone.
type readerLeft func()

// crioHub is CRI-O 1.28 and later (server/server.go and server/container_events.go at
// v1.36.3): a queue of 1000 that drops what does not fit, and one broadcaster that starts
// with the first reader, so that this one gets the backlog. A reader that left is noticed
// at the next event.
type crioHub struct {
	queue chan *event
	start sync.Once
	stop  sync.Once
	left  readerLeft

	mu      sync.Mutex
	closed  bool
	readers []*crioReader
}

type crioReader struct {
	stream eventStream
	gone   chan struct{}
}

func newCRIOHub(left readerLeft) *crioHub {
	return &crioHub{queue: make(chan *event, 1000), left: left}
}

func (h *crioHub) publish(e *event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	select {
	case h.queue <- e:
	default:
	}
}

func (h *crioHub) serve(s eventStream) error {
	r := &crioReader{stream: s, gone: make(chan struct{})}
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil
	}
	h.readers = append(h.readers, r)
	h.mu.Unlock()
	h.start.Do(func() { go h.broadcast() })
	<-r.gone
	return nil
}

func (h *crioHub) broadcast() {
	for e := range h.queue {
		h.mu.Lock()
		readers := h.readers
		h.mu.Unlock()
		for _, r := range readers {
			if r.stream.Send(e) != nil {
				h.drop(r)
				h.left()
			}
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.endAll()
}

func (h *crioHub) drop(gone *crioReader) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var rest []*crioReader
	for _, r := range h.readers {
		if r != gone {
			rest = append(rest, r)
		}
	}
	h.readers = rest
	close(gone.gone)
}

func (h *crioHub) close() {
	h.stop.Do(func() {
		h.mu.Lock()
		h.closed = true
		h.mu.Unlock()
		// A broadcaster that never started has nobody to wake.
		h.start.Do(func() { go h.broadcast() })
		close(h.queue)
	})
}

// endAll is called with the lock held.
func (h *crioHub) endAll() {
	for _, r := range h.readers {
		close(r.gone)
	}
	h.readers = nil
}

// open is the number of readers whose call has not returned yet.
func (h *crioHub) open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.readers)
}
