package logscan

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// ReadStats counts what was read.
type ReadStats struct {
	// Lines and Bytes are those of the input; Lines are entries in an export.
	Lines, Bytes int64
	// Records are the lines that hold a record of the kubelet's kind, or an entry of systemd
	// or journald. Cut of them end in the middle; Wrapped lines belong to a record before.
	Records, Cut, Wrapped int64
}

// Source is where a log came from and what limits it.
type Source struct {
	Name string
	// Verified reports whether journald itself vouches for who wrote the entries: those of a
	// file may be anybody's.
	Verified bool
	// Read is what was read of a file; a journal does not count its lines.
	Read ReadStats
	// Notices are what limits the answer, in sentences.
	Notices []string
	// Empty is why there is nothing, where that is known.
	Empty string
}

// NotTextError reports a file of another kind.
type NotTextError struct {
	// Kind is what it is ("xz", "gzip", "zstd", "bzip2", "a journal file").
	Kind string
}

func (e *NotTextError) Error() string {
	if e.Kind == journalFile {
		return "the log is " + e.Kind + ", not text"
	}
	return "the log is compressed with " + e.Kind
}

// ErrTruncated reports an export that ends in the middle of an entry: whoever wrote it was
// stopped, or the file is not whole.
var ErrTruncated = errors.New("the journal export ends in the middle of an entry")

const journalFile = "a file of journald"

// Read takes the entries out of a log and hands each to fn, in order: an export of the
// journal, or lines of text in which records of a kubelet are found whatever is around
// them. Records that no [Scanner] has use for are left out, except for the first and the
// last, which tell the times. The bytes of an entry are valid only during the call; an error
// of fn ends the reading and is returned as it is. now is the present, for times without a
// year and for their zone. Memory use does not depend on the size of the input.
func Read(r io.Reader, now time.Time, fn func(Entry) error) (ReadStats, error) {
	l := &lineReader{r: r, buf: make([]byte, chunk)}
	if err := l.begin(); err != nil {
		return ReadStats{}, err
	}
	head := l.buf[:l.end]
	if err := notText(head); err != nil {
		return ReadStats{}, err
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		// PowerShell writes UTF-16.
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
		l = &lineReader{r: transform.NewReader(io.MultiReader(bytes.NewReader(head), r), utf16), buf: make([]byte, chunk)}
		if err := l.begin(); err != nil {
			return ReadStats{}, err
		}
	}
	head = l.buf[:l.end]
	l.start = len(head) - len(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	stats := ReadStats{}
	var err error
	if isExport(head[l.start:]) {
		err = DecodeExport(io.MultiReader(bytes.NewReader(head[l.start:]), counted{r, &l.bytes}), func(e Entry) error {
			stats.Lines++
			stats.Records++
			return fn(e)
		})
	} else {
		t := textReader{l: l, match: newMatcher(), now: now, give: fn, stats: &stats}
		if err = l.each(t.line); err == nil {
			err = t.end()
		}
		stats.Lines = l.lines
	}
	stats.Bytes = l.bytes
	return stats, err
}

// notText recognizes files of other kinds by how they begin.
func notText(head []byte) error {
	for _, magic := range []struct{ bytes, kind string }{
		{"\xfd7zXZ\x00", "xz"},
		{"\x1f\x8b", "gzip"},
		{"\x28\xb5\x2f\xfd", "zstd"},
		{"BZh", "bzip2"},
		{"LPKSHHRH", journalFile},
	} {
		if bytes.HasPrefix(head, []byte(magic.bytes)) {
			return &NotTextError{magic.kind}
		}
	}
	return nil
}

// isExport reports whether the first line is a field of a journal entry.
func isExport(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, "\n"), []byte{'\n'})
	name, _, ok := bytes.Cut(line, []byte{'='})
	return ok && len(name) > 3 && fieldName(name)
}

func cursorOf(line int64) string { return "line " + strconv.FormatInt(line, 10) }

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
