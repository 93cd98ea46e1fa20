package lifecycle

import "time"

// InTime runs look and reports whether it ended within the limit. One that did not is left to
// itself: a file system that hangs holds up whatever reads it, and knows no deadline.
func InTime(limit time.Duration, look func()) bool {
	done := make(chan struct{})
	go func() {
		look()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		return false
	}
}
