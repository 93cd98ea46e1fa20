package logscan

import (
	"regexp"
	"strings"
)

// matcher finds the signature of a message. Most messages of a kubelet are none of them,
// so the first look is at one byte.
type matcher struct {
	signatures []Signature
	// first lists, for each byte with which a signature begins, those signatures.
	first [256][]int
}

func newMatcher() *matcher {
	m := &matcher{signatures: Signatures()}
	for i, s := range m.signatures {
		m.first[s.Text[0]] = append(m.first[s.Text[0]], i)
	}
	return m
}

// candidate tells that a message may be one of the table, or a line of a configuration
// block. It is the hot path: b is looked at, not parsed.
func (m *matcher) candidate(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	if continues(b) {
		return true
	}
	text := body(b)
	if len(text) == 0 {
		return false
	}
	for _, i := range m.first[text[0]] {
		if hasPrefix(text, m.signatures[i].Text) {
			return true
		}
	}
	return false
}

// find is the signature of a parsed message, nil if it has none.
func (m *matcher) find(msg *message) *Signature {
	if len(msg.text) == 0 {
		return nil
	}
	for _, i := range m.first[msg.text[0]] {
		s := &m.signatures[i]
		if !hasPrefix(msg.text, s.Text) {
			continue
		}
		if s.Key != "" && msg.header && !msg.has(s.Key) {
			continue
		}
		return s
	}
	return nil
}

func hasPrefix(b []byte, text string) bool {
	return len(b) >= len(text) && string(b[:len(text)]) == text
}

// continues tells that a line belongs to a value of several lines: those begin with a tab
// (rsyslog writes it as #011), and the last is " >".
func continues(b []byte) bool {
	return b[0] == '\t' || b[0] == ' ' && string(b) == " >" || b[0] == '#' && hasPrefix(b, "#011")
}

// Pattern is a regular expression (PCRE) that matches every message that a [Scanner] has
// use for. It lets another program leave out the others (journalctl --grep); what it lets
// through too much does no harm. Its shape is for speed: the part before the message is
// never tried twice, and the texts are sorted by how they begin.
func Pattern() string {
	byFirst := map[byte][]string{}
	var order []byte
	for _, s := range Signatures() {
		rest := regexp.QuoteMeta(s.Text[1:])
		if s.Key != "" {
			rest += `"` // messages with keys are quoted
		}
		first := s.Text[0]
		if byFirst[first] == nil {
			order = append(order, first)
		}
		byFirst[first] = append(byFirst[first], rest)
	}
	var texts []string
	for _, first := range order {
		texts = append(texts, string(first)+"(?:"+strings.Join(byFirst[first], "|")+")")
	}
	return `^(?>[IWEF][0-9]{4} [^\]]{20,200}\] "?|\{"ts":.{1,300}?"msg":"|)(?:` + strings.Join(texts, "|") + `)` +
		`|^\t|^ >$|^(?:Start(?:ed|ing)|Stopp(?:ed|ing)) |^[^ ]{1,255}: (?:Main process exited|Failed with result)|^Suppressed [0-9]`
}
