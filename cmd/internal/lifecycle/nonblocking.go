package lifecycle

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// heldWrites is how many writes wait for a reader; a change has fewer lines.
const heldWrites = 512

// NonBlocking is a writer that never waits: a goroutine of its own writes to w from a
// bounded buffer. What does not fit is dropped and counted. A terminal that is stopped, or
// a pipe that nobody reads, so cannot hold up whoever writes to it.
type NonBlocking struct {
	w       io.Writer
	mu      sync.Mutex
	writes  chan []byte
	dropped int
	pending sync.WaitGroup
}

// NewNonBlocking returns a writer that never waits for w.
func NewNonBlocking(w io.Writer) *NonBlocking {
	n := &NonBlocking{w: w, writes: make(chan []byte, heldWrites)}
	go func() {
		for data := range n.writes {
			// A closed stderr must not stop the work, so the error is of no interest.
			_, _ = n.w.Write(data)
			n.pending.Done()
		}
	}()
	return n
}

// Write takes over a copy of data and returns at once. It never fails.
func (n *NonBlocking) Write(data []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	own := append([]byte(nil), data...)
	if n.dropped > 0 {
		own = append(fmt.Appendf(nil, "plegctl: (%d lines were not read in time)\n", n.dropped), own...)
	}
	n.pending.Add(1)
	select {
	case n.writes <- own:
		n.dropped = 0
	default:
		n.pending.Done()
		n.dropped++
	}
	return len(data), nil
}

// Flush waits until all is written, but not longer than [FlushProgress].
func (n *NonBlocking) Flush() {
	done := make(chan struct{})
	go func() {
		n.pending.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(FlushProgress):
	}
}
