package logscan

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

const (
	// chunk is what is read at once; an entry that is longer makes the buffer grow.
	chunk = 256 << 10
	// maxEntry bounds the buffer. A longer entry is an error, not a truncated answer:
	// journald itself refuses entries beyond 1 GiB and cuts lines at 48 KiB.
	maxEntry = 16 << 20
)

// DecodeExport reads entries in the journal export format (systemd.io/JOURNAL_EXPORT_FORMATS)
// and hands each to fn, in order. Fields that [Entry] does not carry are skipped; of
// a field that occurs twice in an entry the last counts. The entry's bytes are valid only
// during the call. An error of fn ends the reading and is returned as it is; memory use does
// not depend on the size of the input.
func DecodeExport(r io.Reader, fn func(Entry) error) error {
	d := exportDecoder{r: r, buf: make([]byte, chunk)}
	for {
		entry, ok, err := d.next()
		if err != nil {
			return err
		}
		if !ok {
			return nil
		}
		if err := fn(entry); err != nil {
			return err
		}
	}
}

type exportDecoder struct {
	r          io.Reader
	buf        []byte
	start, end int
	eof        bool
	names      interner
}

// next gives the next entry, or false at the end.
func (d *exportDecoder) next() (Entry, bool, error) {
	for {
		entry, n, found, err := d.parse(d.buf[d.start:d.end])
		switch {
		case err != nil:
			return Entry{}, false, err
		case n > 0:
			d.start += n
			if found {
				return entry, true, nil
			}
		case d.eof:
			if len(bytes.TrimRight(d.buf[d.start:d.end], "\n")) > 0 {
				return Entry{}, false, ErrTruncated
			}
			return Entry{}, false, nil
		default:
			if err := d.fill(); err != nil {
				return Entry{}, false, err
			}
		}
	}
}

// fill reads more behind what is there, and makes room for it first.
func (d *exportDecoder) fill() error {
	if d.start > 0 {
		d.end = copy(d.buf, d.buf[d.start:d.end])
		d.start = 0
	}
	if d.end == len(d.buf) {
		if len(d.buf) >= maxEntry {
			return fmt.Errorf("a journal entry is longer than %d MiB", maxEntry>>20)
		}
		d.buf = append(d.buf, make([]byte, len(d.buf))...)
	}
	n, err := d.r.Read(d.buf[d.end:])
	d.end += n
	if err == io.EOF {
		d.eof = true
		if d.end > 0 && d.buf[d.end-1] == '\n' {
			// The last entry needs no empty line after it.
			d.buf = append(d.buf[:d.end], '\n')
			d.end++
		}
		return nil
	}
	return err
}

// parse reads one entry from the front of b. It returns how many bytes that took, 0 when
// b ends before the entry does; found is false for empty lines between entries.
func (d *exportDecoder) parse(b []byte) (e Entry, n int, found bool, err error) {
	f := journalFields{names: &d.names}
	for {
		line := bytes.IndexByte(b[n:], '\n')
		if line < 0 {
			return e, 0, false, nil
		}
		if line == 0 {
			return f.entry(), n + 1, found, nil
		}
		field := b[n : n+line]
		n += line + 1
		found = true
		name, value, ok := bytes.Cut(field, []byte{'='})
		if !ok {
			// A value with line breaks: its length, then its bytes, then a line break.
			if !fieldName(name) {
				return e, 0, false, fmt.Errorf("this is not a journal export: a line begins with %q", Escape(string(name[:min(len(name), 40)])))
			}
			if len(b)-n < 8 {
				return e, 0, false, nil
			}
			size := binary.LittleEndian.Uint64(b[n:])
			if size > maxEntry {
				return e, 0, false, fmt.Errorf("a journal field %q has a length of %d bytes", Escape(string(name)), size)
			}
			n += 8
			if uint64(len(b)-n) < size+1 {
				return e, 0, false, nil
			}
			value = b[n : n+int(size)]
			n += int(size)
			if b[n] != '\n' {
				return e, 0, false, fmt.Errorf("a journal field %q does not have the length that it gives", Escape(string(name)))
			}
			n++
		}
		f.set(name, value)
	}
}

// journalFields collects the fields of one entry of the journal.
type journalFields struct {
	e     Entry
	names *interner
	// Anybody may write fields named UNIT and INVOCATION_ID, so they count for PID 1 only
	// (_PID is journald's own word): that is how it names the unit that it writes about.
	unit, invocation string
}

// set stores one field. The compiler makes the switch on string(name) without a copy.
func (f *journalFields) set(name, value []byte) {
	switch string(name) {
	case "MESSAGE":
		f.e.Message = value
	case "__REALTIME_TIMESTAMP":
		f.e.Time = time.UnixMicro(int64(number(value))).UTC()
	case "__CURSOR":
		f.e.Cursor = string(value)
	case "_BOOT_ID":
		f.e.Boot = f.names.of(value)
	case "_SYSTEMD_UNIT":
		f.e.Unit = f.names.of(value)
	case "_SYSTEMD_INVOCATION_ID":
		f.e.Invocation = f.names.of(value)
	case "UNIT":
		f.unit = f.names.of(value)
	case "INVOCATION_ID":
		f.invocation = f.names.of(value)
	case "SYSLOG_IDENTIFIER":
		f.e.Identifier = f.names.of(value)
	case "_PID":
		f.e.PID = int(number(value))
	case "_LINE_BREAK":
		f.e.Split = string(value) == "line-max"
	case "_UID":
		f.e.NotRoot = string(value) != "0"
	}
}

func (f *journalFields) entry() Entry {
	if f.e.PID == 1 && f.unit != "" {
		f.e.Unit, f.e.Invocation = f.unit, f.invocation
	}
	return f.e
}

// fieldName: capitals, digits and underscores, as journald demands.
func fieldName(name []byte) bool {
	for _, c := range name {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return len(name) > 0 && len(name) <= 64
}

// number reads decimal digits; anything else ends it.
func number(b []byte) uint64 {
	var n uint64
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<59 {
			break
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

// interner keeps the few strings that repeat in every entry, so that a journal of millions
// of entries does not cost millions of copies. It forgets all when it gets large.
type interner struct {
	seen map[string]string
}

func (i *interner) of(b []byte) string {
	if i == nil {
		return string(b)
	}
	if s, ok := i.seen[string(b)]; ok {
		return s
	}
	if i.seen == nil || len(i.seen) > 512 {
		i.seen = make(map[string]string)
	}
	s := string(b)
	i.seen[s] = s
	return s
}
