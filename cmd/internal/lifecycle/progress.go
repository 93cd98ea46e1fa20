package lifecycle

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Progress writes one line for each thing that happens. A change never waits for whoever
// reads them: what goes to a terminal or a pipe is written by a goroutine of its own from a
// bounded buffer, and lines that do not fit are dropped and counted.
type Progress struct {
	quiet, verbose bool
	w              io.Writer
	mu             sync.Mutex
	lines          chan string
	dropped        int
	pending        sync.WaitGroup
}

// heldLines is how many lines wait for a reader; a change has fewer.
const heldLines = 256

// NewProgress returns the progress that is written to w. quiet drops all of it; verbose
// adds details.
func NewProgress(w io.Writer, quiet, verbose bool) *Progress {
	p := &Progress{quiet: quiet, verbose: verbose, w: w}
	if _, mayBlock := w.(*os.File); mayBlock {
		p.lines = make(chan string, heldLines)
		go p.write()
	}
	return p
}

func (p *Progress) write() {
	for line := range p.lines {
		// A closed stderr must not stop the work, so the error is of no interest.
		_, _ = io.WriteString(p.w, line)
		p.pending.Done()
	}
}

// Info writes one line. A nil Progress drops it.
func (p *Progress) Info(format string, args ...any) {
	if p != nil && !p.quiet {
		p.Print(fmt.Sprintf("plegctl: "+format+"\n", args...))
	}
}

// Detail is Info for --verbose.
func (p *Progress) Detail(format string, args ...any) {
	if p != nil && p.verbose {
		p.Info(format, args...)
	}
}

// Print writes text that not even --quiet may hide.
func (p *Progress) Print(text string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lines == nil {
		_, _ = io.WriteString(p.w, text)
		return
	}
	if p.dropped > 0 {
		text = fmt.Sprintf("plegctl: (%d lines were not read in time)\n", p.dropped) + text
	}
	p.pending.Add(1)
	select {
	case p.lines <- text:
		p.dropped = 0
	default:
		p.pending.Done()
		p.dropped++
	}
}

// Flush waits until the lines so far are written, but not for ever.
func (p *Progress) Flush() {
	if p == nil || p.lines == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		p.pending.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(FlushProgress):
	}
}
