package lifecycle

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/plegctl/plegctl/logscan"
)

// Progress writes one line for each thing that happens. Where the writer may block it is
// a [NonBlocking] one, so that no change ever waits for whoever reads the lines.
type Progress struct {
	quiet, verbose bool
	mu             sync.Mutex
	w              io.Writer
}

// NewProgress returns the progress that is written to w. quiet drops all of it; verbose
// adds details.
func NewProgress(w io.Writer, quiet, verbose bool) *Progress {
	return &Progress{quiet: quiet, verbose: verbose, w: w}
}

// Info writes one line. A nil Progress drops it.
func (p *Progress) Info(format string, args ...any) {
	if p != nil && !p.quiet {
		// Paths and errors may hold what drives a terminal, and errors several lines.
		text := strings.ReplaceAll(strings.TrimSpace(fmt.Sprintf(format, args...)), "\n", "; ")
		p.Print("plegctl: " + logscan.Escape(text) + "\n")
	}
}

// Count counts the seconds of what takes long, in a line every [CountEvery], until the
// function that it returns is called. more is asked for the rest of the line.
func (p *Progress) Count(what string, more func() string) (stop func()) {
	began, done := time.Now(), make(chan struct{})
	ticker := time.NewTicker(CountEvery)
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				p.Info("%s: %s so far%s", what, time.Since(began).Round(time.Second), more())
			}
		}
	}()
	return func() { ticker.Stop(); close(done) }
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
	// A closed stderr must not stop the work, so the error is of no interest.
	_, _ = io.WriteString(p.w, text)
}

// Flush waits until the lines so far are written, but not forever.
func (p *Progress) Flush() {
	if f, ok := p.w.(interface{ Flush() }); ok {
		f.Flush()
	}
}
