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
	// Observe, where it is not nil, is told each finding as it is made.
	Observe func(Finding)
	// MaxRuns is how many runs are kept, the newest; 0 means 200.
	MaxRuns int
}

// Scanner eats log entries one by one, in the order of the log, and says at any time what
// they mean. Its memory does not grow with the log.
type Scanner struct {
	now     time.Time
	observe func(Finding)
	keep    int

	match *matcher
	// open are the runs that may still get entries; runs are all that are kept.
	open map[runKey]*track
	runs []*track
	last *track
	// count is how many runs were found, older how many of them are not kept.
	count, older int

	entries    int
	first, end time.Time
	// announced: systemd said that the kubelet starts, in a log that does not say which
	// process that is.
	announced bool
}

// runKey tells the processes of a log apart: by systemd's invocation where it is there,
// else by source and PID.
type runKey struct {
	invocation, boot, source string
	pid                      int
}

// maxOpen bounds how many processes may be interleaved in one log.
const maxOpen = 64

// NewScanner returns a scanner that has seen nothing yet.
func NewScanner(o Options) *Scanner {
	s := &Scanner{now: o.Now, observe: o.Observe, keep: o.MaxRuns, match: newMatcher(), open: map[runKey]*track{}}
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
	if e.Identifier == "systemd" && e.PID == 1 {
		s.addUnit(e)
		return
	}
	if e.Identifier == "systemd-journald" {
		s.addSuppressed(e)
		return
	}
	if !s.match.candidate(e.Message) {
		s.touch(e)
		return
	}
	if continues(e.Message) {
		if t := s.of(e); t != nil {
			t.touch(e)
			if t.more(e.Message) {
				f := t.listed
				f.Text += t.gateWords()
				s.note(t, f)
			}
		}
		return
	}
	m := parseMessage(e.Message)
	if e.Time.IsZero() {
		e.Time = m.at(s.now)
	}
	if e.PID == 0 {
		e.PID = m.pid
	}
	sig := s.match.find(&m)
	if sig == nil {
		s.touch(e)
		return
	}
	t := s.of(e)
	if t == nil || t.restarted(sig.Kind, e) {
		t = s.begin(e)
	}
	s.last = t
	t.touch(e)
	s.apply(t, sig, &m, e)
}

// of is the run that an entry belongs to, nil if it is not known yet. Entries that do not
// say who wrote them belong to the last run.
func (s *Scanner) of(e Entry) *track {
	if e.Invocation == "" && e.PID == 0 {
		return s.last
	}
	return s.open[keyOf(e)]
}

func keyOf(e Entry) runKey {
	if e.Invocation != "" {
		return runKey{invocation: e.Invocation}
	}
	return runKey{boot: e.Boot, source: e.Identifier, pid: e.PID}
}

func (s *Scanner) touch(e Entry) {
	if t := s.of(e); t != nil {
		t.touch(e)
	}
}

// begin opens a run.
func (s *Scanner) begin(e Entry) *track {
	t := &track{Run: Run{Index: -1, Invocation: e.Invocation, Boot: e.Boot, Unit: e.Unit, PID: e.PID}, follows: s.count > 0, announced: s.announced}
	s.announced = false
	if len(s.open) >= maxOpen {
		// Whoever has been silent for longest has most likely ended.
		var oldest runKey
		var at *track
		for key, t := range s.open {
			if at == nil || t.Last.Before(at.Last) {
				oldest, at = key, t
			}
		}
		delete(s.open, oldest)
	}
	s.open[keyOf(e)] = t
	if kubeletSource(e) {
		s.admit(t)
	}
	return t
}

// admit counts a run as one of a kubelet. Until then it may be another program that prints
// its gates in the same way.
func (s *Scanner) admit(t *track) {
	if t.Index >= 0 {
		return
	}
	t.Index = s.count
	s.count++
	if len(s.runs) == s.keep {
		copy(s.runs, s.runs[1:])
		s.runs = s.runs[:s.keep-1]
		s.older++
	}
	s.runs = append(s.runs, t)
}

// kubeletSource: the entry says that it is from a kubelet, or from a program that has one
// inside (k3s, rke2, k0s, MicroK8s' kubelite), or does not say.
func kubeletSource(e Entry) bool {
	if e.Identifier == "" && e.Unit == "" {
		return true
	}
	for _, name := range []string{"kubelet", "kubelite", "k3s", "rke2", "k0s", "hyperkube"} {
		if strings.Contains(e.Identifier, name) || strings.Contains(e.Unit, name) {
			return true
		}
	}
	return false
}

// addUnit takes what systemd says of a unit.
func (s *Scanner) addUnit(e Entry) {
	text := string(e.Message)
	t := s.open[keyOf(e)]
	if e.Invocation == "" {
		// A log without fields: the text names the unit, and the run is the last one.
		if !strings.Contains(text, "kubelet") {
			return
		}
		t = s.last
	}
	switch {
	case strings.HasPrefix(text, "Started "), strings.HasPrefix(text, "Starting "):
		if e.Invocation == "" {
			s.tell(Finding{Time: e.Time, Cursor: e.Cursor, Kind: KindUnit, Text: text, Run: -1})
			s.announced = true
			return
		}
		if t == nil {
			e.PID = 0
			t = s.begin(e)
			s.last = t
		}
		t.announced = true
		t.touch(e)
		s.note(t, Finding{Time: e.Time, Cursor: e.Cursor, Kind: KindUnit, Text: text})
	case strings.Contains(text, ": Main process exited"), strings.Contains(text, ": Failed with result"), strings.HasPrefix(text, "Stopped "):
		if t == nil {
			return
		}
		t.touch(e)
		if t.Exit == "" || strings.Contains(text, "Main process exited") {
			t.Exit = text
		}
		s.note(t, Finding{Time: e.Time, Cursor: e.Cursor, Kind: KindUnit, Text: text})
	}
}

// addSuppressed takes journald's word that it dropped messages ("Suppressed 12 messages
// from kubelet.service", rate limiting).
func (s *Scanner) addSuppressed(e Entry) {
	rest, ok := strings.CutPrefix(string(e.Message), "Suppressed ")
	if !ok || !strings.Contains(rest, "kubelet") || s.last == nil {
		return
	}
	s.last.Suppressed += int(number([]byte(rest)))
	s.note(s.last, Finding{Time: e.Time, Cursor: e.Cursor, Kind: KindSuppressed, Text: string(e.Message)})
}

// note tells a finding of a run.
func (s *Scanner) note(t *track, f Finding) {
	f.Run = t.Index
	s.tell(f)
}

func (s *Scanner) tell(f Finding) {
	if s.observe != nil {
		s.observe(f)
	}
}

// Current is the verdict on the last run so far, which is cheaper than a whole [Report];
// false if there is none yet.
func (s *Scanner) Current() (Run, bool) {
	if len(s.runs) == 0 {
		return Run{State: StateInconclusive}, false
	}
	return s.runs[len(s.runs)-1].judged(), true
}

// Report says what the entries so far mean. It may be called again and again.
func (s *Scanner) Report() Report {
	r := Report{State: StateInconclusive, Older: s.older, Entries: s.entries, First: s.first, Last: s.end}
	for _, t := range s.runs {
		r.Runs = append(r.Runs, t.judged())
	}
	current := r.Current()
	switch {
	case current != nil:
		r.State, r.Reason = current.State, current.Reason
		if r.First.IsZero() {
			r.First = r.Runs[0].First
		}
		if r.Last.IsZero() {
			r.Last = current.Last
		}
	case s.entries == 0:
		r.Reason = "the log is empty"
	default:
		r.Reason = "the log holds nothing of a kubelet that says anything of Evented PLEG"
	}
	return r
}
