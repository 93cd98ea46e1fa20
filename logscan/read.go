package logscan

import (
	"bytes"
	"io"
	"strconv"
	"time"
)

// ReadOptions say how a log is read.
type ReadOptions struct {
	// Format is [FormatAuto] where it is empty.
	Format Format
	// Now is the present, for times without a year and for their zone.
	Now time.Time
	// All hands over every entry. Without it lines of text that no [Scanner] has use for
	// are left out, except for the first and the last, which tell the times.
	All bool
}

// ReadStats say what was read.
type ReadStats struct {
	Format Format
	// Lines and Bytes are those of the input; Lines are entries in the export format.
	Lines, Bytes int64
}

// Read takes the entries out of a log of any of the [Formats] and hands each to fn, in
// order. The bytes of an entry are valid only during the call; an error of fn ends the
// reading and is returned as it is. Memory use does not depend on the size of the input.
func Read(r io.Reader, o ReadOptions, fn func(Entry) error) (ReadStats, error) {
	l := &lineReader{r: r, buf: make([]byte, chunk)}
	// At least one line is needed to see what it is; a pipe may bring less at first.
	for !l.eof && bytes.IndexByte(l.buf[:l.end], '\n') < 0 && l.end < maxLine {
		if err := l.fill(); err != nil {
			return ReadStats{}, err
		}
	}
	head := l.buf[:l.end]
	if err := notText(head); err != nil {
		return ReadStats{}, err
	}
	if skip := len(head) - len(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))); skip > 0 {
		l.start = skip
	}
	format := o.Format
	if format == "" || format == FormatAuto {
		format = detect(l.buf[l.start:l.end])
	}
	stats := ReadStats{Format: format}
	var err error
	switch format {
	case FormatExport:
		err = DecodeExport(io.MultiReader(bytes.NewReader(l.buf[l.start:l.end]), counted{r, &l.bytes}), func(e Entry) error {
			stats.Lines++
			return fn(e)
		})
	case FormatKlog:
		err = readKlog(l, o, fn)
	default:
		f := framer{format: format, now: o.Now}
		err = l.each(func(line []byte) error {
			e, ok := f.entry(line)
			if !ok {
				return nil
			}
			if e.Cursor == "" {
				e.Cursor = cursorOf(l.lines)
			}
			return fn(e)
		})
	}
	if format != FormatExport {
		stats.Lines = l.lines
	}
	stats.Bytes = l.bytes
	return stats, err
}

// readKlog is the hot path: lines as the kubelet wrote them, most of which say nothing.
func readKlog(l *lineReader, o ReadOptions, fn func(Entry) error) error {
	m := newMatcher()
	entry := func(line []byte) Entry {
		at, pid := stampOf(line, o.Now)
		return Entry{Time: at, PID: pid, Priority: -1, Cursor: cursorOf(l.lines), Message: line}
	}
	given := int64(0)
	err := l.each(func(line []byte) error {
		if !o.All && l.lines > 1 && !m.candidate(line) {
			return nil
		}
		given = l.lines
		return fn(entry(line))
	})
	if err == nil && given < l.lines {
		return fn(entry(l.last))
	}
	return err
}

// stampOf is the time and the process in a line's own header.
func stampOf(line []byte, now time.Time) (time.Time, int) {
	if len(line) == 0 {
		return time.Time{}, 0
	}
	m := message{level: -1}
	switch {
	case line[0] == '{':
		const open = len(`{"ts":`)
		if splitJSON(line) < 0 {
			return time.Time{}, 0
		}
		end := bytes.IndexByte(line[open:], ',')
		if end < 0 {
			return time.Time{}, 0
		}
		m.millis, _ = strconv.ParseFloat(string(line[open:open+end]), 64)
	default:
		if splitHeader(line) < 0 {
			return time.Time{}, 0
		}
		m.stamp = line[1:klogStamp]
		m.pid = int(number(bytes.TrimLeft(line[klogStamp:], " ")))
	}
	return m.at(now), m.pid
}

func cursorOf(line int64) string { return "line " + strconv.FormatInt(line, 10) }

// framer takes one line apart by what the log's writer put around the message.
type framer struct {
	format Format
	now    time.Time
	parts  joiner
	boot   string
	// before is the last entry of a short log, whose lines may go on.
	before Entry
}

func (f *framer) entry(line []byte) (Entry, bool) {
	if len(line) == 0 {
		return Entry{}, false
	}
	switch f.format {
	case FormatCRI, FormatDocker:
		c, ok := parseCRI(line)
		if f.format == FormatDocker {
			c, ok = parseDocker(line)
		}
		if !ok {
			return plainEntry(line, f.now), true
		}
		message, whole := f.parts.join(c)
		_, pid := stampOf(message, f.now)
		return Entry{Time: c.at, PID: pid, Transport: "stdout", Priority: -1, Message: message}, whole
	case FormatJSON:
		if e, ok := parseJournalJSON(bytes.TrimPrefix(line, []byte{'\x1e'})); ok && splitJSON(line) < 0 {
			return e, true
		}
		return plainEntry(line, f.now), true
	}
	return f.short(line)
}

func (f *framer) short(line []byte) (Entry, bool) {
	l, ok := parseShort(line, f.now)
	switch {
	case !ok && line[0] == ' ':
		// journalctl indents the further lines of a message.
		e := f.before
		e.Message = bytes.TrimLeft(line, " ")
		if string(e.Message) == ">" {
			e.Message = []byte(" >")
		}
		return e, true
	case !ok:
		return plainEntry(line, f.now), true
	case l.boot != "":
		f.boot = l.boot
		return Entry{}, false
	case l.identifier == "":
		return Entry{}, false
	}
	e := Entry{Time: l.at, Boot: f.boot, Identifier: l.identifier, PID: l.pid, Priority: -1, Message: l.message}
	f.before = e
	return e, true
}

func plainEntry(line []byte, now time.Time) Entry {
	at, pid := stampOf(line, now)
	return Entry{Time: at, PID: pid, Priority: -1, Message: line}
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	return n, err
}
