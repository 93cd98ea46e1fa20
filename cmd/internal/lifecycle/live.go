package lifecycle

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/width"
)

// Live is a terminal on which the last line about work in progress stays open: the seconds
// since it was written are shown behind it until the next line comes. What is waited for, and
// for how long at most, is in the line itself, which is plain everywhere else.
type Live struct {
	w       io.Writer
	columns func() int

	mu    sync.Mutex
	line  string
	began time.Time
	end   chan struct{}
}

// NewLive returns a writer to the terminal behind w, which is as wide as columns says.
func NewLive(w io.Writer, columns func() int) *Live { return &Live{w: w, columns: columns} }

// Write writes lines. The last one stays open if it is about work.
func (l *Live) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	text := string(data)
	start := strings.LastIndexByte(strings.TrimSuffix(text, "\n"), '\n') + 1
	last, ended := strings.CutSuffix(text[start:], "\n")
	if !ended || !work(last) {
		return l.w.Write(data)
	}
	if _, err := io.WriteString(l.w, text[:start]); err != nil {
		return 0, err
	}
	l.line, l.began, l.end = last, time.Now(), make(chan struct{})
	l.draw()
	go l.tick(l.end)
	return len(data), nil
}

// work reports whether a line tells of something that takes time.
func work(line string) bool {
	text, ours := strings.CutPrefix(line, "plegctl: ")
	for _, other := range []string{"note:", "warning:", "error:", "hint:"} {
		ours = ours && !strings.HasPrefix(text, other)
	}
	return ours
}

func (l *Live) tick(end chan struct{}) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-end:
			return
		case <-ticker.C:
		}
		l.mu.Lock()
		if l.end == end {
			l.draw()
		}
		l.mu.Unlock()
	}
}

// draw writes the open line over itself, cut where the terminal would wrap it.
func (l *Live) draw() {
	after := ""
	if gone := time.Since(l.began); gone >= time.Second {
		after = fmt.Sprintf("  %ds", gone/time.Second)
	}
	room := l.columns() - len(after) - 1
	var shown strings.Builder
	for _, r := range l.line {
		room -= columnsOf(r)
		if room < 0 {
			break
		}
		shown.WriteRune(r)
	}
	// Nothing can be done about a closed stderr.
	_, _ = fmt.Fprintf(l.w, "\r\x1b[K%s%s", shown.String(), after)
}

func columnsOf(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// close ends the open line with the time that the work took.
func (l *Live) close() {
	if l.end == nil {
		return
	}
	close(l.end)
	l.end = nil
	after := ""
	if took := time.Since(l.began); took >= 100*time.Millisecond {
		after = fmt.Sprintf("  %.1fs", took.Seconds())
	}
	_, _ = fmt.Fprintf(l.w, "\r\x1b[K%s%s\n", l.line, after)
}

// Flush closes the open line, and waits until what was written is out, but not forever.
func (l *Live) Flush() {
	l.mu.Lock()
	l.close()
	l.mu.Unlock()
	if f, ok := l.w.(interface{ Flush() }); ok {
		f.Flush()
	}
}
