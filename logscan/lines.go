package logscan

import (
	"bytes"
	"io"
)

// maxLine bounds a line; the rest of a longer one is left out. journald cuts at 48 KiB,
// container runtimes at 16 KiB.
const maxLine = 1 << 20

// lineReader cuts a stream into lines without copying them.
type lineReader struct {
	r          io.Reader
	buf        []byte
	start, end int
	eof        bool
	// altered reports whether what is in buf has colours, or quotes that are not straight.
	altered bool
	// lines and bytes count what was read; last is a copy of the last line of the chunk
	// before, so that the end of a log is known without looking at each line.
	lines, bytes int64
	last         []byte
}

// begin reads until there is a whole line, which shows what the input is; a pipe may bring
// less at first.
func (l *lineReader) begin() error {
	for !l.eof && bytes.IndexByte(l.buf[:l.end], '\n') < 0 && l.end < maxLine {
		if err := l.fill(); err != nil {
			return err
		}
	}
	return nil
}

// fill reads the next chunk behind what is left of the one before.
func (l *lineReader) fill() error {
	if l.start > 0 {
		l.end = copy(l.buf, l.buf[l.start:l.end])
		l.start = 0
	}
	if l.end == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := io.ReadAtLeast(l.r, l.buf[l.end:], 1)
	l.end += n
	l.bytes += int64(n)
	l.altered = false
	for _, mark := range []string{"\x1b", "#033[", "“", "&quot;", "&#34;"} {
		l.altered = l.altered || bytes.Contains(l.buf[:l.end], []byte(mark))
	}
	if err == io.EOF {
		l.eof = true
		return nil
	}
	return err
}

// each hands over line after line, without line ends.
func (l *lineReader) each(fn func(line []byte) error) error {
	skipping := false
	for {
		lastStart, lastEnd := -1, -1
		for {
			n := bytes.IndexByte(l.buf[l.start:l.end], '\n')
			if n < 0 {
				break
			}
			line := l.buf[l.start : l.start+n]
			l.start += n + 1
			if skipping {
				skipping = false
				continue
			}
			if n > 0 && line[n-1] == '\r' {
				line = line[:n-1]
			}
			l.lines++
			lastStart, lastEnd = l.start-n-1, l.start-n-1+len(line)
			if err := fn(line); err != nil {
				return err
			}
		}
		if lastStart >= 0 {
			l.last = append(l.last[:0], l.buf[lastStart:lastEnd]...)
		}
		rest := l.buf[l.start:l.end]
		if l.eof {
			if len(rest) > 0 && !skipping {
				l.lines++
				l.last = append(l.last[:0], rest...)
				return fn(rest)
			}
			return nil
		}
		if skipping {
			l.start = l.end
		}
		if len(rest) >= maxLine && !skipping {
			l.lines++
			if err := fn(rest); err != nil {
				return err
			}
			l.start, skipping = l.end, true
		}
		if err := l.fill(); err != nil {
			return err
		}
	}
}
