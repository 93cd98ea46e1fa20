package logscan

import (
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

// track is a run while it is being read.
type track struct {
	Run
	// listing is the newest listing of gates that names EventedPLEG, or else the newest.
	listing *gateList
	flag    *gateList
	listed  Finding
	flagged Finding
	block   *configBlock

	// announced: systemd said that it starts. follows: another run comes before it in this
	// log. Both mean that the log holds its very first entry.
	announced, follows bool
	// past tells that the kubelet is up, so that a start message is another process's.
	past                             bool
	config, version, gates, flagSeen bool
}

func (t *track) touch(e Entry) {
	t.Entries++
	if e.Time.IsZero() {
		return
	}
	if t.First.IsZero() {
		t.First = e.Time
	}
	t.Last = e.Time
}

// restarted tells that a message cannot be of the same process: what is printed once has
// come a second time, or a start message has come after the start.
func (t *track) restarted(k Kind, e Entry) bool {
	if t.PID != 0 && e.PID != 0 && t.PID != e.PID && e.Invocation == "" {
		return true
	}
	switch k {
	case KindVersion:
		return t.version || t.End != nil
	case KindConfig:
		return t.config || t.past || t.End != nil
	case KindGatesFlag, KindVerbosityFlag:
		return t.past || t.End != nil || k == KindGatesFlag && t.flagSeen
	}
	return t.End != nil
}

// apply is what one message of the table does to its run.
func (s *Scanner) apply(t *track, sig *Signature, m *message, e Entry) {
	if t.PID == 0 {
		t.PID = e.PID
	}
	t.sawLevel(max(sig.Level, m.level))
	t.block = nil
	if s.observe == nil && (sig.Kind == KindEvent || sig.Kind == KindHandled) {
		// The bulk of a log at verbosity 4: nobody is told of each.
		s.admit(t)
		t.past = true
		if sig.Kind == KindEvent {
			t.sawEvent(m, e.Time)
		} else {
			t.sawHandled(m, e.Time)
		}
		return
	}
	f := Finding{Time: e.Time, Cursor: e.Cursor, Where: string(m.where), Kind: sig.Kind, Severity: m.severity, Text: string(m.text)}
	switch sig.Kind {
	case KindVersion, KindConfig, KindRuntime, KindEvent, KindHandled, KindStreamError, KindRetry, KindGaveUp, KindTrouble:
		// No other program prints these.
		s.admit(t)
	}
	switch sig.Kind {
	case KindVersion:
		t.sawVersion(m)
		f.Text += " " + t.Version.String()
	case KindConfig:
		if !t.sawConfig(m, f) {
			return
		}
		f.Text += t.gateWords()
	case KindGates:
		if !t.sawGates(m, &f) {
			return
		}
	case KindGatesFlag:
		t.flagSeen = true
		list := listedGates(afterEquals(m.text))
		if list.evented == nil {
			return
		}
		t.flag, t.flagged = &list, f
	case KindVerbosityFlag:
		t.sawVerbosityFlag(afterEquals(m.text))
		return
	case KindRuntime:
		t.past = true
		t.Runtime, _ = m.value("containerRuntime")
		t.RuntimeVersion, _ = m.value("version")
		f.Text = strings.TrimSpace(t.Runtime + " " + t.RuntimeVersion)
	case KindVerbose:
		return
	default:
		t.past = true
		s.applyLife(t, sig, m, f)
		return
	}
	s.note(t, f)
}

// gateWords say the gate behind the name of a configuration that is too long to show.
func (t *track) gateWords() string {
	gate := t.gate()
	return ": " + known.Gate + " " + gate.Value.String() + " (" + gate.How + ")"
}

// applyLife takes what a kubelet says when it is up.
func (s *Scanner) applyLife(t *track, sig *Signature, m *message, f Finding) {
	switch sig.Kind {
	case KindEvent:
		f.Text += ": " + t.sawEvent(m, f.Time)
	case KindHandled:
		t.sawHandled(m, f.Time)
		if t.Events.Count > 0 {
			return // told already, when it came
		}
	case KindStreamError:
		before := t.FellBack
		f.Text = t.sawStreamError(m, f)
		s.note(t, f)
		if before == nil && t.FellBack != nil {
			s.note(t, Finding{Time: f.Time, Cursor: f.Cursor, Kind: KindGaveUp, Severity: 'E',
				Text: "that was the last try: from now on the kubelet only polls, until it is restarted"})
		}
		return
	case KindRetry:
		t.Retries++
		if t.Retries >= known.MaxStreamRetries && t.FellBack == nil {
			t.FellBack = &FellBack{At: f.Time, Seen: f}
		}
		if t.Errors.Count > 0 {
			return // the CRI client told it
		}
	case KindGaveUp:
		if t.FellBack == nil {
			t.FellBack = &FellBack{At: f.Time}
		}
		t.FellBack.Logged, t.FellBack.Seen = true, f
	case KindTrouble:
		t.Troubles++
		if t.Troubles == 1 {
			t.Trouble = f
		}
	case KindFailed:
		t.sawEnd(m, f)
		f.Text = t.End.Text
	}
	s.note(t, f)
}
