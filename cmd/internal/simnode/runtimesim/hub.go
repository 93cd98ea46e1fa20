package runtimesim

import (
	"sync"

	"google.golang.org/grpc"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

type (
	event       = runtimeapi.ContainerEventResponse
	eventStream = grpc.ServerStreamingServer[runtimeapi.ContainerEventResponse]
)

// hub carries events from the runtime's actions to the readers of its event stream. The
// first reader gets what was kept from before. A reader that left is noticed at the next
// event only, as in both daemons.
type hub struct {
	does behaviour
	done chan struct{}
	once sync.Once

	mu      sync.Mutex
	readers map[*reader]struct{}
	kept    []*event
	// read is set by the first reader.
	read bool
}

type reader struct {
	events chan *event
	gone   chan struct{}
}

func newHub(does behaviour) *hub {
	return &hub{does: does, done: make(chan struct{}), readers: map[*reader]struct{}{}}
}

func (h *hub) publish(e *event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.readers) == 0 {
		h.keep(e)
		return
	}
	for r := range h.readers {
		if h.send(r, e) && h.does.events == oneReader {
			return
		}
	}
}

func (h *hub) send(r *reader, e *event) bool {
	if !h.does.blocks && len(r.events) == cap(r.events) {
		return false // nobody else fills it
	}
	select {
	case r.events <- e:
		return true
	case <-r.gone:
	case <-h.done:
	}
	return false
}

func (h *hub) keep(e *event) {
	if len(h.kept) < h.does.backlog && !(h.does.once && h.read) {
		h.kept = append(h.kept, e)
	}
}

// serve is one reader's call; it returns when the reader or the runtime is gone.
func (h *hub) serve(s eventStream) error {
	r := &reader{events: make(chan *event, h.does.buffer), gone: make(chan struct{})}
	defer h.leave(r)
	h.mu.Lock()
	backlog := h.kept
	h.kept, h.read = nil, true
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
			saidGoodbye(s.Context())
			return nil
		}
	}
}

// leave first lets go who waits for this reader, and then takes the lock that they hold.
func (h *hub) leave(r *reader) {
	close(r.gone)
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.readers, r)
}

// close ends every reader's stream.
func (h *hub) close() { h.once.Do(func() { close(h.done) }) }

func (h *hub) open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.readers)
}
