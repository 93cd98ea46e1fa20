package logscan

import "strings"

// plain is a line without what terminals, web pages and editors make of text: colours, as
// journalctl and grep print them and rsyslog writes them (#033), and quotes of other forms.
func (t *textReader) plain(line []byte) []byte {
	if t.straight == nil {
		t.straight = strings.NewReplacer("#033[", "\x1b[", "“", `"`, "”", `"`, "„", `"`, "&quot;", `"`, "&#34;", `"`, "&#39;", "'",
			"&lt;", "<", "&gt;", ">", "&amp;", "&")
	}
	text := t.straight.Replace(string(line))
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "\x1b")
		b.WriteString(before)
		if !found {
			return []byte(b.String())
		}
		text = after
		if rest, ok := strings.CutPrefix(after, "["); ok { // a control sequence, to its letter
			text = strings.TrimLeft(rest, "0123456789;?")
			if len(text) > 0 && (text[0] >= 'A' && text[0] <= 'Z' || text[0] >= 'a' && text[0] <= 'z') {
				text = text[1:]
			}
		} else if rest, ok := strings.CutPrefix(after, "]"); ok { // the title of a window
			_, text, _ = strings.Cut(rest, "\a")
		}
	}
}
