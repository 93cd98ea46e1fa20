package logscan

import (
	"bytes"
	"strings"
)

// matcher finds the row of a message. Most messages of a kubelet have none, so the first
// look is at one byte.
type matcher struct {
	rows []Message
	// first lists, for each byte with which a text of the kubelet begins, the texts.
	first [256][]textOf
	// bare are the rows that are also logged without a klog header, and those of systemd.
	bare, systemd []int
}

// textOf is a text of a row of the table.
type textOf struct {
	text string
	row  *Message
}

func newMatcher() *matcher {
	m := &matcher{rows: Messages()}
	for i := range m.rows {
		row := &m.rows[i]
		if row.Writer != "" {
			m.systemd = append(m.systemd, i)
			continue
		}
		if row.Bare {
			m.bare = append(m.bare, i)
		}
		for _, form := range row.Forms {
			m.first[form.Text[0]] = append(m.first[form.Text[0]], textOf{form.Text, row})
		}
	}
	return m
}

// candidate is a row that a message may have, nil where it cannot have one, and whether it
// may go on to have one: a line that was wrapped ends within the text. It is the hot path:
// text is the message behind its header, perhaps with a quote before it, looked at and not
// parsed.
func (m *matcher) candidate(text []byte) (row *Message, begins bool) {
	if len(text) > 1 && text[0] == '\\' {
		text = text[1:]
	}
	if len(text) > 0 && text[0] == '"' {
		text = text[1:]
	}
	if len(text) == 0 {
		return nil, true
	}
	for _, t := range m.first[text[0]] {
		if len(text) >= len(t.text) {
			if string(text[:len(t.text)]) == t.text {
				return t.row, false
			}
		} else if t.text[:len(text)] == string(text) {
			begins = true
		}
	}
	return nil, begins
}

// form is the form of the row that a text has.
func (row *Message) form(text []byte) (Form, bool) {
	for _, form := range row.Forms {
		if hasPrefix(text, form.Text) {
			return form, true
		}
	}
	return Form{}, false
}

// find is the row of a parsed message and the form that it has; nil if it has none.
func (m *matcher) find(msg *message) (*Message, Form) {
	if len(msg.text) == 0 {
		return nil, Form{}
	}
	for _, t := range m.first[msg.text[0]] {
		form, ok := t.row.form(msg.text)
		if ok && (msg.header || t.row.Bare) && t.row.holds(msg) {
			return t.row, form
		}
	}
	return nil, Form{}
}

// holds reports whether a message with the text of the row has its key and its words.
func (row *Message) holds(msg *message) bool {
	if row.Key == "" || !msg.header {
		return len(row.Holds) == 0 || containsAny(string(msg.text), row.Holds)
	}
	value, ok := msg.value(row.Key)
	if !ok {
		return len(row.Holds) == 0 && msg.cutOff()
	}
	return len(row.Holds) == 0 || containsAny(value, row.Holds)
}

// lacksKey reports whether a text that the row begins has its quoted message and not its key.
func (row *Message) lacksKey(text []byte) bool {
	if row == nil || row.Key == "" || bytes.Contains(text, []byte(row.Key)) {
		return false
	}
	form, ok := row.form(bytes.TrimPrefix(text, []byte{'"'}))
	return ok && bytes.HasPrefix(text[1:], []byte(form.Text+`"`))
}

func containsAny(s string, words []string) bool {
	for _, word := range words {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}

// findBare is where in a line without a header the text of a message begins that is also
// logged without one; -1 where there is none. Text within a message is not one: it must
// follow the frame, which ends with a blank, a tab or a quote behind a separator.
func (m *matcher) findBare(line []byte) int {
	first := -1
	for _, i := range m.bare {
		for _, form := range m.rows[i].Forms {
			at := bytes.Index(line[:min(len(line), maxFrame)], []byte(form.Text))
			if at >= 0 && (first < 0 || at < first) && endsFrame(line[:at]) {
				first = at
			}
		}
	}
	return first
}

// endsFrame reports whether b ends as what log programs put before a message.
func endsFrame(b []byte) bool {
	trimmed := bytes.TrimRight(b, " \t")
	if len(trimmed) == 0 {
		return true
	}
	if len(trimmed) == len(b) {
		return bytes.HasSuffix(b, []byte(`": "`)) || bytes.HasSuffix(b, []byte(`msg="`))
	}
	last := trimmed[len(trimmed)-1]
	return last == ':' || last == '|' || last == '>' || last == ']' || last == '}' || last == '-' ||
		last == 'Z' || bytes.HasSuffix(trimmed, []byte(" F"))
}

// findSystemd is the row of a message of systemd or journald about a unit, nil if none.
// What follows the name of the unit has it before the text.
func (m *matcher) findSystemd(writer string, text []byte) *Message {
	_, about, named := bytes.Cut(text[:min(len(text), maxFrame)], []byte(": "))
	for _, i := range m.systemd {
		row := &m.rows[i]
		if row.Writer != writer {
			continue
		}
		if _, ok := row.form(text); ok {
			return row
		}
		if _, ok := row.form(about); ok && named {
			return row
		}
	}
	return nil
}

func hasPrefix(b []byte, text string) bool {
	return len(b) >= len(text) && string(b[:len(text)]) == text
}
