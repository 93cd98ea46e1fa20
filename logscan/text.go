package logscan

import (
	"bytes"
	"strings"
	"time"
)

// textReader takes the records out of lines, whatever is around them.
type textReader struct {
	l     *lineReader
	match *matcher
	now   time.Time
	give  func(Entry) error
	stats *ReadStats

	// hint is where the line before had its record; given is the line handed over last.
	hint  int
	given int64
	// held is a record that ends in the middle, until it is known whether it goes on in the
	// next line.
	held      []byte
	heldLines int
	// before is the entry handed over last, while further lines of its text may come (more).
	before Entry
	more   bool
	// object is JSON of several lines that is not complete, open its open braces.
	object []byte
	open   int
	// fields are those of an entry that journalctl -o verbose lists line by line.
	fields *journalFields
	boot   string
	// split reports whether the line before was a part of a longer one (CRI, Docker): what
	// follows is not the beginning of a record, whatever it looks like.
	split bool
	// indented reports whether the whole log is, as text in a document may be.
	indented bool
	// straight replaces quotes of other forms.
	straight *strings.Replacer
}

func (t *textReader) line(line []byte) error {
	if t.l.altered {
		line = t.plain(line)
	}
	if len(line) == 0 {
		return nil
	}
	if t.fields == nil { // the hot path
		if r, ok := recordAt(line, t.hint); ok && (t.hint == 0 || !t.nested(line, r)) && (t.object == nil || !r.inString(line)) {
			t.object = nil // what began there was not JSON
			return t.record(line, r)
		}
		if line[0] == '\t' && t.more && t.held == nil && t.object == nil {
			return t.other(line)
		}
	}
	if t.object != nil || opensObject(line) {
		if handled, err := t.json(line); handled || err != nil {
			return err
		}
	}
	if handled, err := t.verbose(line); handled || err != nil {
		return err
	}
	if r, ok := findRecord(line, len(line)); ok && !t.nested(line, r) {
		return t.record(line, r)
	}
	t.split = partial(line)
	if t.held != nil {
		return t.join(line)
	}
	return t.other(line)
}

// nested reports whether a record is a further line of another one. In a log that is
// indented as a whole, the first one tells.
func (t *textReader) nested(line []byte, r record) bool {
	nested := r.nested(line)
	if t.stats.Records == 0 {
		t.indented = nested
	}
	return nested && (!t.indented || r.at != t.hint && t.stats.Records > 0)
}

// record takes a line that has a record in it.
func (t *textReader) record(line []byte, r record) error {
	if goesOn := t.split; goesOn || r.at > 2 && line[r.at-2] == 'P' {
		t.split = partial(line)
		if goesOn {
			t.given = t.l.lines
			return nil
		}
	}
	if t.held != nil {
		if err := t.flush(); err != nil {
			return err
		}
	}
	t.stats.Records++
	t.hint = r.at
	text := line[r.text:]
	quoted := r.inString(line)
	if quoted { // a string of another program
		whole, _ := r.unframe(line)
		if inner, ok := findRecord(whole, 0); ok {
			text = whole[inner.text:]
		}
	}
	row, begins := t.match.candidate(text)
	if row == nil && !begins && !r.broken && t.given > 0 && !markedCut(line) {
		t.more = false
		return nil
	}
	if r.broken || begins || !quoted && !row.bulk() && (r.endsBroken(line) || row.lacksKey(text)) {
		if markedCut(line) {
			return t.hand(Entry{Message: line, Damage: Cut}, r)
		}
		t.held, t.heldLines = append(t.held[:0], line...), 1
		return nil
	}
	if row == nil && t.given > 0 {
		return nil
	}
	return t.hand(Entry{Message: line}, r)
}

// partial reports whether a line of a CRI runtime (time, stream, tag) goes on in the next one.
func partial(line []byte) bool {
	_, line, _ = bytes.Cut(line, []byte{' '})
	return hasPrefix(line, "stderr P ") || hasPrefix(line, "stdout P ")
}

// hand hands over an entry whose message holds a record. Its writer and its time, where the
// entry has none, are those of the frame around the record.
func (t *textReader) hand(e Entry, r record) error {
	if e.Damage == Cut {
		t.stats.Cut++
	}
	if r.at > 0 {
		line := e.Message
		r, _ = findRecord(line, len(line)) // what comes first in the line is what its writer wrote
		text, after := r.unframe(line)
		f := parseFrame(line[:r.at], after, t.now)
		e.Message = text
		if e.Identifier == "" && e.Unit == "" {
			e.Identifier, e.PID = f.identifier, f.pid
		}
		if e.Time.IsZero() {
			e.Time = f.at
		}
	}
	return t.entry(e)
}

// entry hands an entry over; a time or process that it lacks are those in the header.
func (t *textReader) entry(e Entry) error {
	if e.Cursor == "" {
		e.Cursor = cursorOf(t.l.lines)
	}
	if e.Boot == "" {
		e.Boot = t.boot
	}
	if e.Time.IsZero() || e.PID == 0 {
		at, pid := stampOf(e.Message, t.now)
		if e.Time.IsZero() {
			e.Time = at
		}
		if e.PID == 0 {
			e.PID = pid
		}
	}
	t.given, t.more, t.before = t.l.lines, true, e
	t.before.Message = nil
	return t.give(e)
}

// other takes a line without a record: a further line of the text before, what systemd logs
// about the unit, or the last words of a kubelet that has no logging any more.
func (t *textReader) other(line []byte) error {
	if rest, ok := bytes.CutPrefix(line, []byte("-- Boot ")); ok {
		id, _, _ := bytes.Cut(rest, []byte{' '})
		t.boot = string(id)
		return nil
	}
	if more, ok := t.further(line); ok {
		e := t.before
		e.Cursor, e.Message = cursorOf(t.l.lines), more
		t.stats.Records++
		return t.give(e)
	}
	if at := splitProgram(line); at >= 0 {
		f := parseFrame(line[:at], nil, t.now)
		if t.match.findSystemd(f.identifier, line[at:]) != nil {
			t.stats.Records++
			return t.entry(Entry{Time: f.at, PID: f.pid, Identifier: f.identifier, Message: line[at:]})
		}
	}
	if at := t.match.findBare(line); at >= 0 {
		f := parseFrame(line[:at], nil, t.now)
		t.stats.Records++
		return t.entry(Entry{Time: f.at, PID: f.pid, Identifier: f.identifier, Message: line[at:]})
	}
	return nil
}

// further is a further line of a text of several lines: those begin with a tab behind the
// frame, which rsyslog writes as #011 and a terminal as eight blanks; the last is " >".
func (t *textReader) further(line []byte) ([]byte, bool) {
	if !t.more {
		return nil, false
	}
	frame := line[:min(len(line), maxFrame)]
	if at := bytes.IndexByte(frame, '\t'); at >= 0 {
		return line[at:], true
	}
	if at := bytes.Index(frame, []byte(`"\t`)); at >= 0 { // in a quoted string
		text := line[at:]
		return []byte(unquoteJSON(text[1:max(quoteEnd(text)-1, 1)])), true
	}
	if at := bytes.Index(frame, []byte("#011")); at >= 0 {
		return append([]byte{'\t'}, line[at+len("#011"):]...), true
	}
	if bytes.HasSuffix(line, []byte(" >")) || bytes.Contains(frame, []byte(`" >"`)) {
		return []byte(" >"), true
	}
	if t.hint < len(line) && hasPrefix(line[t.hint:], "        ") {
		return append([]byte{'\t'}, line[t.hint+8:]...), true
	}
	return nil, false
}

// end hands over what is still held, and the last line, which has the time of the end.
func (t *textReader) end() error {
	if t.held != nil {
		if err := t.flush(); err != nil {
			return err
		}
	}
	if err := t.flushFields(); err != nil {
		return err
	}
	if r, ok := findRecord(t.l.last, t.hint); ok && t.given < t.l.lines && !t.nested(t.l.last, r) {
		return t.hand(Entry{Message: t.l.last}, r)
	}
	return nil
}
