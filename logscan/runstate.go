package logscan

import (
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

// runState is a run while it is being read.
type runState struct {
	Run
	// pid is the process in its klog headers, which differs from PID in a container.
	pid int
	// listing is the newest listing of gates that names EventedPLEG, or else the newest.
	listing *gateList
	flag    *gateList
	listed  Finding
	flagged Finding
	// shows is an entry that only a kubelet with the gate on logs.
	shows Finding
	block *configBlock
	// next is what may be the start of another run in a process of the same number; pending
	// reports whether this is such a one.
	next    *runState
	pending bool

	// announced: systemd logged its start. follows: another run comes before it in this
	// log. Both mean that the log holds its very first entry.
	announced, follows bool
	// alive reports whether the kubelet logged something after its start.
	alive                            bool
	config, version, gates, flagSeen bool
	// after is how the run before ended, where that failed.
	after string
	// began and lastEntry are its first and its last entry, as counted over the log.
	began, lastEntry int
}

func (t *runState) touch(e Entry) {
	if e.Time.IsZero() {
		return
	}
	if t.First.IsZero() {
		t.First = e.Time
	}
	t.Last = e.Time
}

// up reports whether the kubelet is through its start.
func (t *runState) up() bool { return t.version || t.alive }

func (t *runState) ended() bool { return t.End != nil || t.Exit != "" }

// another reports whether a message is of another process than the run.
func (t *runState) another(m *message, e Entry) bool {
	return t.PID != 0 && e.PID != 0 && t.PID != e.PID || t.pid != 0 && m.pid != 0 && t.pid != m.pid
}

// apply is what one message of the table does to its run.
func (s *Scanner) apply(t *runState, row *Message, form Form, m *message, e Entry) {
	if t.PID == 0 {
		t.PID = e.PID
	}
	if t.pid == 0 {
		t.pid = m.pid
	}
	t.lastEntry, t.block = s.entries, nil
	if !form.in(t.Version) {
		t.Misplaced++
		return
	}
	t.sawLevel(max(form.Level, m.level))
	if s.observe == nil && (row.Kind == KindEvent || row.Kind == KindHandled) {
		// The bulk of a log at verbosity 4: nobody is given each.
		s.admit(t)
		t.alive = true
		if row.Kind == KindEvent {
			t.sawEvent(m, e.Time)
		} else {
			t.sawHandled(row, e.Time)
		}
		return
	}
	f := Finding{Time: e.Time, Cursor: e.Cursor, Where: string(m.where), Kind: row.Kind, Detail: row.Detail, Severity: m.severity, Text: string(m.text)}
	switch row.Kind {
	case KindGates, KindGatesFlag, KindVerbosityFlag, KindVerbose, KindRefused, KindFailed:
	default:
		s.admit(t) // no other program logs these
	}
	switch row.Kind {
	case KindVersion:
		t.sawVersion(m)
		f.Text += " " + t.Version.String()
	case KindRunning:
		t.sawRunning(f)
	case KindConfig:
		if !t.sawConfig(m, f) {
			return
		}
		f.Text += t.gateText()
	case KindGates:
		if !t.sawGates(m, form, &f) {
			return
		}
	case KindGatesFlag:
		if !t.sawGatesFlag(afterEquals(m.text), f) {
			return
		}
	case KindVerbosityFlag:
		t.sawVerbosityFlag(afterEquals(m.text))
		return
	case KindRuntime:
		t.alive = true
		t.Runtime, _ = m.value("containerRuntime")
		t.RuntimeVersion, _ = m.value("version")
		f.Text = strings.TrimSpace(t.Runtime + " " + t.RuntimeVersion)
	case KindVerbose:
		return
	case KindHealth:
		t.alive, t.shows = true, f
	default:
		t.alive = true
		s.applyLife(t, row, m, f)
		return
	}
	s.note(t, f)
}

// gateText is the gate, for a finding whose own text is too long to show.
func (t *runState) gateText() string {
	gate := t.gate()
	return ": " + known.Gate + " " + gate.Value.String() + " (" + gate.How + ")"
}

// applyLife takes what a kubelet logs when it is up.
func (s *Scanner) applyLife(t *runState, row *Message, m *message, f Finding) {
	switch row.Kind {
	case KindEvent:
		f.Text += ": " + t.sawEvent(m, f.Time)
	case KindHandled:
		t.sawHandled(row, f.Time)
		if t.Events.Count > 0 {
			return // reported already, when it came
		}
	case KindStreamError:
		before := t.FellBack
		f.Text = t.sawStreamError(m, f)
		s.note(t, f)
		if before == nil && t.FellBack != nil {
			s.note(t, Finding{
				Time: f.Time, Cursor: f.Cursor, Kind: KindStoppedRetrying, Severity: 'E',
				Text: "that was the last retry: from now on the kubelet only polls, until it is restarted",
			})
		}
		return
	case KindRetry:
		t.Retries++
		if t.Retries >= known.MaxStreamRetries && t.FellBack == nil {
			t.FellBack = &FellBack{At: f.Time}
		}
		if t.Errors.Count > 0 {
			return // the CRI client logged it
		}
	case KindStoppedRetrying:
		if t.FellBack == nil {
			t.FellBack = &FellBack{At: f.Time}
		}
		t.FellBack.Logged = true
	case KindMalformed:
		t.Malformed++
		if t.Malformed == 1 {
			t.FirstMalformed = f
		}
	case KindRefused, KindFailed:
		t.sawEnd(m, f)
		f.Text = t.End.Text
	}
	s.note(t, f)
}
