package logscan

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// message is one log message in any of the forms in which a kubelet writes it: klog text
// with a header, klog's JSON, or plain text.
type message struct {
	// text is the message proper, still escaped as it was written.
	text []byte
	// rest are the bytes behind the message: key=value, key=value, or the rest of JSON.
	rest []byte
	// whole is a JSON entry, nil for text; fields are its keys once one was asked for.
	whole  []byte
	fields map[string]json.RawMessage
	// where is file.go:line; header reports whether there was one.
	where  []byte
	header bool
	// severity is I, W, E or F; 0 where it is not known.
	severity byte
	// stamp is the klog time, mmdd hh:mm:ss.uuuuuu; millis the time of JSON.
	stamp  []byte
	millis float64
	pid    int
	// level is the verbosity of the entry in JSON, -1 where it is not logged.
	level int
}

// klogStamp is the length of "I1123 12:19:12.124876".
const klogStamp = len("I1123 12:19:12.124876")

// stamped reports whether b begins as a klog header does: severity and date, time.
func stamped(b []byte) bool {
	if len(b) <= klogStamp || b[5] != ' ' || b[8] != ':' || b[11] != ':' || b[14] != '.' || b[klogStamp] != ' ' {
		return false
	}
	switch b[0] {
	case 'I', 'W', 'E', 'F':
	default:
		return false
	}
	return digit(b[1]) && digit(b[2]) && digit(b[3]) && digit(b[4])
}

func digit(c byte) bool { return c-'0' < 10 }

// splitHeader finds the message behind a klog header: severity and date, time, process,
// file:line]. It gives -1 for a line without a header, and costs no more than the bytes of
// the header (k8s.io/klog/v2 internal/severity and internal/buffer write it).
func splitHeader(b []byte) int {
	if !stamped(b) {
		return -1
	}
	end := bytes.IndexByte(b[klogStamp:min(len(b), klogStamp+maxFrame)], ']')
	if end < 0 || klogStamp+end+2 > len(b) || b[klogStamp+end+1] != ' ' {
		return -1
	}
	return klogStamp + end + 2
}

// splitJSON finds the message in klog's JSON: {"ts":…,"caller":"…","msg":"…". What follows
// is still JSON. It gives -1 where b is none.
func splitJSON(b []byte) int {
	const open, key = `{"ts":`, `"msg":"`
	if len(b) < len(open) || string(b[:len(open)]) != open {
		return -1
	}
	at := bytes.Index(b[:min(len(b), 400)], []byte(key))
	if at < 0 {
		return -1
	}
	return at + len(key)
}

func parseMessage(b []byte) message {
	m := message{level: -1}
	if len(b) > 0 && b[0] == '{' && splitJSON(b) >= 0 {
		m.parseJSON(b)
		return m
	}
	if at := splitHeader(b); at >= 0 {
		m.header = true
		m.severity = b[0]
		m.stamp = b[1:klogStamp]
		inner := bytes.TrimSpace(b[klogStamp : at-2])
		process, where, ok := bytes.Cut(inner, []byte{' '})
		if ok {
			m.pid = int(number(process))
			m.where = bytes.TrimSpace(where)
		}
		b = b[at:]
	}
	m.text = b
	if len(b) > 0 && b[0] == '"' {
		if end := quoteEnd(b); end > 0 {
			m.text, m.rest = b[1:end-1], b[end:]
		}
	}
	return m
}

// parseJSON takes what is at the front of an entry. Its keys are decoded only when one is
// asked for: the entries of single events are long, and many.
func (m *message) parseJSON(b []byte) {
	m.header, m.whole = true, b
	at := splitJSON(b)
	head := b[:at]
	if _, caller, ok := bytes.Cut(head, []byte(`"caller":"`)); ok {
		caller, _, _ = bytes.Cut(caller, []byte{'"'})
		m.where = caller[bytes.LastIndexByte(caller, '/')+1:]
	}
	stamp, _, _ := bytes.Cut(b[len(`{"ts":`):at], []byte{','})
	m.millis, _ = strconv.ParseFloat(string(stamp), 64)
	m.text = b[at:]
	if end := quoteEnd(b[at-1:]); end > 0 {
		m.text, m.rest = b[at:at+end-2], b[at+end-1:]
	}
	if bytes.IndexByte(m.text, '\\') >= 0 {
		m.text = []byte(unquoteJSON(m.text))
	}
	// klog's JSON writes the verbosity first, and none with errors.
	m.severity = 'E'
	if v, ok := bytes.CutPrefix(m.rest, []byte(`,"v":`)); ok && len(v) > 0 && v[0] >= '0' && v[0] <= '9' {
		m.severity, m.level = 'I', int(min(number(v), 100))
	}
	if len(m.text) > 0 && m.text[0] == '"' { // klog text within JSON, as Talos writes it
		if end := quoteEnd(m.text); end > 0 {
			m.text, m.rest, m.whole = m.text[1:end-1], m.text[end:], nil
		}
	}
}

// unquoteJSON undoes the escapes of a JSON string without its quotes; text that is none
// stays as it is.
func unquoteJSON(b []byte) string {
	var s string
	if json.Unmarshal(slices.Concat([]byte{'"'}, b, []byte{'"'}), &s) != nil {
		return string(b)
	}
	return s
}

// at is the time in the message itself. A klog header has no year: it is the newest year
// that puts the entry not after now, and its hours are those of now's zone.
func (m *message) at(now time.Time) time.Time {
	if m.millis > 0 && m.millis < 1e14 {
		return time.UnixMicro(int64(m.millis * 1000)).In(now.Location())
	}
	if len(m.stamp) != klogStamp-1 {
		return time.Time{}
	}
	s := m.stamp
	month, day := number(s[0:2]), number(s[2:4])
	hour, minute, second, micro := number(s[5:7]), number(s[8:10]), number(s[11:13]), number(s[14:20])
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}
	}
	t := time.Date(2000, time.Month(month), int(day), int(hour), int(minute), int(second), int(micro)*1000, now.Location())
	return inYear(t, now)
}

// stampOf is the time and the process in a record's own header.
func stampOf(b []byte, now time.Time) (time.Time, int) {
	m := message{level: -1}
	switch {
	case len(b) > 0 && b[0] == '{':
		if splitJSON(b) >= 0 {
			stamp, _, _ := bytes.Cut(b[len(`{"ts":`):], []byte{','})
			m.millis, _ = strconv.ParseFloat(string(stamp), 64)
		}
	case stamped(b):
		m.stamp = b[1:klogStamp]
		m.pid = int(number(bytes.TrimLeft(b[klogStamp:], " ")))
	}
	return m.at(now), m.pid
}
