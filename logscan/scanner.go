package logscan

import (
	"strings"
	"time"
)

// Options of a [Scanner].
type Options struct {
	// Now is the present, for klog headers, which have no year, and for their time zone.
	// The zero time leaves entries without a time of their own undated.
	Now time.Time
	// Observe, where it is not nil, is given each finding as it is made.
	Observe func(Finding)
	// MaxRuns is how many runs are kept, the newest; 0 means 200.
	MaxRuns int
	// Unit is the kubelet's systemd unit where its name does not show what it is.
	Unit string
}

// Scanner takes log entries one by one, in the order of the log, and reports at any time
// what they mean. Its memory does not grow with the log.
type Scanner struct {
	now     time.Time
	observe func(Finding)
	keep    int
	unit    string

	match *matcher
	// open are the runs that may still get entries; runs are all that are kept.
	open map[runKey]*runState
	runs []*runState
	last *runState
	// count is how many runs were found, older how many of them are not kept.
	count, older int
	// named reports whether an entry named a kubelet as its writer: then only those count.
	named bool
	// ignored counts the messages that were not the kubelet's own.
	ignored int
	// split reports whether the last entry of a process, splitBy, goes on in its next one.
	split   bool
	splitBy runKey
	// cut counts the records that were cut before any run began.
	cut int

	entries    int
	first, end time.Time
	// announced reports whether systemd logged that the kubelet starts, in a log that does
	// not show which process that is.
	announced bool
}

// maxOpen bounds how many processes may be interleaved in one log.
const maxOpen = 64

// NewScanner returns a scanner that has seen nothing yet.
func NewScanner(o Options) *Scanner {
	s := &Scanner{now: o.Now, observe: o.Observe, keep: o.MaxRuns, unit: strings.TrimSuffix(o.Unit, ".service"), match: newMatcher(), open: map[runKey]*runState{}}
	if s.keep <= 0 {
		s.keep = 200
	}
	return s
}

// Add takes the next entry. Nothing of it is kept.
func (s *Scanner) Add(e Entry) {
	s.entries++
	if !e.Time.IsZero() {
		e.Time = e.Time.In(s.now.Location())
		if s.first.IsZero() {
			s.first = e.Time
		}
		s.end = e.Time
	}
	switch {
	case e.NotRoot: // anybody may write to the journal under any name
		s.ignore(e)
		return
	case e.Identifier == "systemd" && e.PID == 1, e.Identifier == "systemd-journald":
		s.addUnit(e)
		return
	case s.goesOn(e):
		s.touch(e)
		return
	case len(e.Message) > 0 && continues(e.Message):
		s.further(e)
		return
	}
	text := e.Message
	if r, ok := recordAt(e.Message, 0); ok {
		text = text[r.text:]
	}
	candidate, _ := s.match.candidate(text)
	if e.Damage == Cut {
		s.damaged(e)
	}
	if candidate == nil {
		s.touch(e)
		return
	}
	m := parseMessage(e.Message)
	if e.Time.IsZero() {
		e.Time = m.at(s.now)
	}
	if e.PID == 0 {
		e.PID = m.pid
	}
	row, form := s.match.find(&m)
	if row == nil {
		s.touch(e)
		return
	}
	if t := s.runOf(row, &m, e); t != nil {
		t.touch(e)
		if e.Damage == Wrapped {
			t.Wrapped++
		}
		s.apply(t, row, form, &m, e)
	}
}

// goesOn reports whether an entry is a further part of one that was too long.
func (s *Scanner) goesOn(e Entry) bool {
	if !e.Split && !s.split {
		return false
	}
	further := s.split && s.splitBy == keyOf(e)
	if e.Split || further {
		s.split, s.splitBy = e.Split, keyOf(e)
	}
	return further
}

// ignore counts a message of the table that another program or user wrote.
func (s *Scanner) ignore(e Entry) {
	m := parseMessage(e.Message)
	if row, _ := s.match.find(&m); row != nil {
		s.ignored++
	}
}

// damaged counts a record that ends in the middle.
func (s *Scanner) damaged(e Entry) {
	if t := s.of(e); t != nil {
		t.Cut++
		return
	}
	s.cut++
}

// further takes a line that belongs to a value of several lines.
func (s *Scanner) further(e Entry) {
	t := s.of(e)
	if t == nil {
		return
	}
	t.touch(e)
	if t.more(e.Message) {
		f := t.listed
		f.Text += t.gateText()
		s.note(t, f)
	}
}

// continues reports whether a line belongs to a value of several lines: those begin with a
// tab (rsyslog writes it as #011), and the last is " >".
func continues(b []byte) bool {
	return b[0] == '\t' || b[0] == ' ' && string(b) == " >" || b[0] == '#' && hasPrefix(b, "#011")
}

func (s *Scanner) touch(e Entry) {
	if t := s.of(e); t != nil {
		t.touch(e)
	}
}

// note gives a finding of a run to whoever observes.
func (s *Scanner) note(t *runState, f Finding) {
	f.Run = t.Index
	if s.observe != nil && !t.pending {
		s.observe(f)
	}
}

// Current is the verdict on the last run so far, which is cheaper than a whole [Report];
// false if there is none yet.
func (s *Scanner) Current() (Run, bool) {
	if len(s.runs) == 0 {
		return Run{State: StateInconclusive}, false
	}
	return s.runs[len(s.runs)-1].verdict(), true
}
