package logscan

import "bytes"

// maxFrame bounds what log programs put before a kubelet's own record in a line.
const maxFrame = 512

// record is where a line holds what the kubelet itself wrote. All before it is the frame:
// time, host, program, quotes, whatever a program on the way has put there.
type record struct {
	// at is where the record begins, text where its message does, behind the header.
	at, text int
	// broken reports whether the header begins and does not end in this line.
	broken bool
}

// findRecord finds the first record in a line: a klog header or klog's JSON. hint is where
// the line before had its own.
func findRecord(line []byte, hint int) (record, bool) {
	if r, ok := recordAt(line, hint); ok {
		return r, true
	}
	limit := min(len(line), maxFrame)
	json := findJSON(line[:limit])
	for from := 0; from < limit; {
		colon := bytes.IndexByte(line[from:limit], ':')
		if colon < 0 {
			break
		}
		colon += from
		// The first colon of a header is that of its hour.
		if at := colon - len("I1123 12"); at >= 0 && (json < 0 || at < json) && stamped(line[at:]) {
			if text := splitHeader(line[at:]); text >= 0 {
				return record{at: at, text: at + text}, true
			}
			return record{at: at, text: len(line), broken: true}, true
		}
		from = colon + 1
	}
	if json < 0 {
		return record{}, false
	}
	if r, ok := recordAt(line, json); ok {
		return r, true
	}
	// Escaped within another string, its text is found once it is unescaped; else it ends in
	// the middle.
	return record{at: json, text: json, broken: line[json+1] == '"' && line[json+2] != '"'}, true
}

// findJSON finds klog's JSON in a line, also escaped in a string or duplicated in CSV.
func findJSON(line []byte) int {
	for from := 0; ; {
		at := bytes.IndexByte(line[from:], '{')
		if at < 0 {
			return -1
		}
		at += from
		if rest := line[at+1:]; hasPrefix(rest, `"ts":`) || hasPrefix(rest, `\"ts\":`) || hasPrefix(rest, `""ts"":`) {
			return at
		}
		from = at + 1
	}
}

func recordAt(line []byte, at int) (record, bool) {
	if at >= len(line) {
		return record{}, false
	}
	if line[at] == '{' {
		text := splitJSON(line[at:])
		return record{at: at, text: at + text}, text >= 0
	}
	text := splitHeader(line[at:])
	return record{at: at, text: at + text}, text >= 0
}

// nested reports whether what looks like a record is a further line of another one: klog puts
// a tab before those, and they may hold what a container wrote.
func (r record) nested(line []byte) bool {
	before := line[:r.at]
	for _, tab := range []string{"\t", `\t`, `\u0009`, "#011", "        "} {
		if bytes.HasSuffix(before, []byte(tab)) {
			return true
		}
	}
	return false
}

// inString reports whether a record is in a string of another program: a quote before it, at
// once or in front of further words, is open.
func (r record) inString(line []byte) bool {
	if r.at == 0 || line[r.at-1] == '"' {
		return r.at > 0
	}
	open := false
	for i := 0; i < r.at; i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			open = !open
		}
	}
	return open
}

// unframe returns the record without what encloses it: where it is in a string of another
// program (JSON, logrus, CSV), the string's value. after is what follows the string.
func (r record) unframe(line []byte) (text, after []byte) {
	if !r.inString(line) {
		return line[r.at:], nil
	}
	if hasPrefix(line[r.text:], `""`) || hasPrefix(line[r.at:], `{""`) { // CSV doubles quotes
		text = line[r.at:]
		for end := 0; end < len(text); end++ {
			if text[end] != '"' {
				continue
			}
			if end+1 == len(text) || text[end+1] != '"' {
				text, after = text[:end], text[end+1:]
				break
			}
			end++
		}
		return bytes.ReplaceAll(text, []byte(`""`), []byte(`"`)), after
	}
	if line[min(r.text, len(line)-1)] == '"' {
		return line[r.at:], nil // the quote before is not that of a string
	}
	text = line[r.at:]
	if end := quoteEnd(line[r.at-1:]); end > 0 {
		text, after = line[r.at:r.at+end-2], line[r.at+end-1:]
	}
	if bytes.IndexByte(text, '\\') >= 0 {
		text = []byte(unquoteJSON(text))
	}
	return text, after
}

// endsBroken reports whether a record that may be of use ends in the middle: in its header,
// in a quoted text, or in a list. Lines that a pager or a terminal cut or wrapped do.
func (r record) endsBroken(line []byte) bool {
	if r.broken {
		return true
	}
	last := line[len(line)-1]
	if line[r.at] == '{' {
		return last != '}' && braceEnd(line[r.at:]) == 0
	}
	text := line[r.text:]
	for len(text) > 0 {
		at := bytes.IndexAny(text, `"{[`)
		if at < 0 {
			return false
		}
		end := 0
		if text[at] == '"' {
			end = quoteEnd(text[at:])
		} else {
			end = braceEnd(text[at:])
		}
		if end == 0 {
			return true
		}
		text = text[at+end:]
	}
	return false
}

// markedCut reports whether a line ends with the mark of a pager or of journalctl for text
// that is left out.
func markedCut(line []byte) bool {
	switch line[len(line)-1] {
	case '>':
		return true
	case '.':
		return bytes.HasSuffix(line, []byte("..."))
	case "…"[len("…")-1]:
		return bytes.HasSuffix(line, []byte("…"))
	}
	return false
}
