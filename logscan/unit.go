package logscan

import "strings"

// addUnit takes what systemd and journald log about a unit.
func (s *Scanner) addUnit(e Entry) {
	row := s.match.findSystemd(e.Identifier, e.Message)
	if row == nil {
		return
	}
	f := Finding{Time: e.Time, Cursor: e.Cursor, Kind: row.Kind, Text: string(e.Message), Run: -1}
	t := s.open[keyOf(e)]
	if e.Invocation == "" || row.Kind == KindSuppressed {
		// A log without fields: the text names the unit, and the run is the last one.
		if !s.namesKubelet(e.Message) {
			return
		}
		t = s.last
	}
	switch row.Kind {
	case KindUnitStart:
		if e.Invocation == "" {
			s.announced = true
			if s.observe != nil {
				s.observe(f)
			}
			return
		}
		if t == nil {
			if s.writerOf(e) != kubeletWriter {
				return
			}
			e.PID = 0
			t = s.begin(e, &message{}, nil)
		}
		t.announced = true
	case KindUnitExit:
		if t == nil {
			return
		}
		if t.Exit == "" || row.Detail == Exited {
			t.Exit = f.Text
		}
		t.ExitAt = e.Time
	case KindSuppressed:
		if t == nil {
			return
		}
		form, _ := row.form(e.Message)
		t.Suppressed += int(number(e.Message[len(form.Text):]))
	default:
		return
	}
	t.touch(e)
	s.note(t, f)
}

// namesKubelet reports whether a message of systemd is about the kubelet's unit: it has the
// unit's name or, from older versions, its description.
func (s *Scanner) namesKubelet(text []byte) bool {
	for word := range strings.FieldsSeq(string(text)) {
		word = strings.TrimSuffix(strings.TrimRight(strings.ToLower(word), ".:"), ".service")
		if kubeletName(word) || s.unit != "" && word == s.unit {
			return true
		}
	}
	return false
}
