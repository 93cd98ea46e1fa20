package logscan

import (
	"bytes"
	"strings"
	"time"
)

// frame is who wrote the record in a line, and when, as the text around it has it.
type frame struct {
	at         time.Time
	identifier string
	pid        int
}

// parseFrame reads the text before a record (or before a message of systemd) and what
// follows the string that holds it. Nothing of it is needed to find the record.
func parseFrame(before, after []byte, now time.Time) frame {
	f := frame{at: frameTime(before, now)}
	text := strings.TrimRight(string(before), "\"'")
	switch rest := strings.TrimLeft(text, " >|"); {
	case strings.HasPrefix(rest, "<") && strings.Contains(rest[:min(len(rest), 8)], ">1 "):
		// RFC 5424: priority and version, time, host, program, process, message ID, data.
		if fields := strings.Fields(rest); len(fields) >= 5 {
			f.name(fields[3])
			f.pid = int(number([]byte(fields[4])))
		}
	case strings.Contains(text, "[pod/"): // kubectl logs --prefix
		_, pod, _ := strings.Cut(text, "[pod/")
		pod, _, _ = strings.Cut(pod, "]")
		f.name(pod[strings.LastIndexByte(pod, '/')+1:])
	case strings.HasSuffix(text, "| "): // docker compose, nerdctl compose
		words := strings.Fields(strings.TrimSuffix(text, "| "))
		if len(words) > 0 {
			f.name(strings.TrimRight(words[len(words)-1], "-_0123456789"))
		}
	default:
		if at := splitProgram(before); at >= 0 {
			head := string(before[:at-len(": ")])
			f.name(head[strings.LastIndexByte(head, ' ')+1:])
		}
	}
	if _, component, ok := bytes.Cut(after, []byte("component=")); ok { // k0s
		component, _, _ = bytes.Cut(component, []byte{' '})
		f.name(string(component))
	}
	return f
}

// name takes a program's name, perhaps with its process ("kubelet[17]"). An address or a
// number is not one.
func (f *frame) name(word string) {
	if open := strings.LastIndexByte(word, '['); open > 0 && strings.HasSuffix(word, "]") {
		f.pid = int(number([]byte(word[open+1:])))
		word = word[:open]
	}
	// grep puts the name of the file before the first word of a line.
	word = word[strings.LastIndexAny(word, "/:")+1:]
	letters := false
	for _, c := range []byte(word) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		letters = letters || letter
		if !letter && (c < '0' || c > '9') && !strings.ContainsRune("._@-", rune(c)) {
			return
		}
	}
	if letters {
		f.identifier = word
	}
}

// splitProgram finds the text behind "program[pid]: " or "program: " in a line; -1 where
// there is none. What comes after the first one is that program's own text.
func splitProgram(line []byte) int {
	at := bytes.Index(line[:min(len(line), maxFrame)], []byte(": "))
	if at < 0 {
		return -1
	}
	return at + len(": ")
}

// frameTime finds the time in a frame: an RFC 3339 time anywhere, or one of journalctl's
// and syslog's at its beginning.
func frameTime(b []byte, now time.Time) time.Time {
	for from := 0; ; {
		at := bytes.IndexByte(b[from:], 'T')
		if at < 0 {
			break
		}
		at += from
		if at >= len("2006-01-02") && b[at-3] == '-' && b[at-6] == '-' {
			word, _, _ := bytes.Cut(b[at-len("2006-01-02"):], []byte{' '})
			word = bytes.TrimRight(word, "]|\"',:")
			for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05,999999999Z07:00"} {
				if t, err := time.Parse(layout, string(word)); err == nil {
					return t
				}
			}
		}
		from = at + 1
	}
	b = bytes.TrimLeft(b, " \t>|")
	if len(b) > 0 && b[0] == '<' { // RFC 3164: priority
		_, b, _ = bytes.Cut(b, []byte{'>'})
	}
	if at := bytes.LastIndexByte(b[:min(len(b), maxFrame)], '/'); at >= 0 { // grep
		if colon := bytes.IndexByte(b[at:], ':'); colon >= 0 {
			b = b[at+colon+1:]
		}
	}
	return shortTime(b, now)
}

// shortTime reads the time at the front of a line as journalctl -o short, short-full and
// short-unix and syslog write it.
func shortTime(b []byte, now time.Time) time.Time {
	zone := now.Location()
	words := strings.Fields(string(b[:min(len(b), 48)]))
	if len(words) < 3 {
		return time.Time{}
	}
	if seconds, micros, ok := strings.Cut(words[0], "."); ok && len(seconds) >= 9 && len(micros) == 6 {
		return time.Unix(int64(number([]byte(seconds))), int64(number([]byte(micros)))*1000).In(zone)
	}
	if len(words[1]) == len("2006-01-02") {
		if len(words) > 3 && words[3] == "UTC" {
			zone = time.UTC
		}
		t, _ := time.ParseInLocation("2006-01-02 15:04:05", words[1]+" "+words[2], zone)
		return t
	}
	t, err := time.ParseInLocation("Jan 2 15:04:05", words[0]+" "+words[1]+" "+words[2], zone)
	if err != nil {
		return time.Time{}
	}
	return inYear(t, now)
}

// inYear gives a time without a year the newest year in which it is not after now, give or
// take a day. Without a now it stays without a time.
func inYear(t, now time.Time) time.Time {
	if now.IsZero() {
		return time.Time{}
	}
	limit := now.Add(24 * time.Hour)
	for year := limit.Year(); year > limit.Year()-9; year-- {
		dated := time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
		if dated.Day() == t.Day() && dated.Before(limit) {
			return dated
		}
	}
	return time.Time{}
}
