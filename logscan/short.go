package logscan

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// shortLine is a line of journalctl -o short or of a syslog file, taken apart.
type shortLine struct {
	at         time.Time
	identifier string
	pid        int
	message    []byte
	// boot is set by the lines that journalctl puts between boots ("-- Boot ID --").
	boot string
}

// parseShort takes a line apart: a time in one of many forms, perhaps a host, a name,
// perhaps a PID, a colon, the message. Times without a year are in the newest year that
// puts them not after now; those without a zone are in now's.
func parseShort(line []byte, now time.Time) (shortLine, bool) {
	if rest, ok := bytes.CutPrefix(line, []byte("-- Boot ")); ok {
		id, _, _ := bytes.Cut(rest, []byte{' '})
		return shortLine{boot: string(id)}, true
	}
	if bytes.HasPrefix(line, []byte("-- ")) && bytes.HasSuffix(line, []byte("--")) {
		return shortLine{}, true
	}
	at, rest, ok := shortTime(line, now)
	if !ok {
		return shortLine{}, false
	}
	head, message, ok := bytes.Cut(rest, []byte(": "))
	if !ok {
		if head, ok = bytes.CutSuffix(rest, []byte{':'}); !ok {
			return shortLine{}, false
		}
	}
	name := head[bytes.LastIndexByte(head, ' ')+1:]
	if len(name) == 0 || bytes.Count(head, []byte{' '}) > 1 {
		return shortLine{}, false
	}
	l := shortLine{at: at, message: message}
	if open := bytes.LastIndexByte(name, '['); open > 0 && name[len(name)-1] == ']' {
		l.pid = int(number(name[open+1:]))
		name = name[:open]
	}
	l.identifier = string(name)
	return l, true
}

// shortTime reads the time at the front of a line and returns what follows it.
func shortTime(line []byte, now time.Time) (time.Time, []byte, bool) {
	if len(line) < 10 {
		return time.Time{}, nil, false
	}
	zone := now.Location()
	c := line[0]
	switch {
	case c == '[': // monotonic: seconds since boot
		end := bytes.Index(line, []byte("] "))
		if end < 0 || end > 60 || len(bytes.Trim(line[1:end], "0123456789. <>")) > 0 {
			return time.Time{}, nil, false
		}
		return time.Time{}, line[end+2:], true
	case c >= '0' && c <= '9':
		word, rest, ok := bytes.Cut(line, []byte{' '})
		if !ok {
			return time.Time{}, nil, false
		}
		at, ok := isoOrUnix(string(word), zone)
		return at, rest, ok
	case line[3] != ' ':
		return time.Time{}, nil, false
	case len(line) > 25 && line[8] == '-': // Mon 2006-01-02 15:04:05 UTC
		at, err := time.ParseInLocation("2006-01-02 15:04:05", string(line[4:23]), zone)
		if err != nil {
			return time.Time{}, nil, false
		}
		name, rest, ok := bytes.Cut(bytes.TrimLeft(bytes.TrimLeft(line[23:], ".0123456789"), " "), []byte{' '})
		if string(name) == "UTC" {
			at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
		}
		return at, rest, ok
	}
	// Jan _2 15:04:05, perhaps with microseconds
	if len(line) < 17 {
		return time.Time{}, nil, false
	}
	end := bytes.IndexByte(line[15:], ' ')
	if end < 0 {
		return time.Time{}, nil, false
	}
	at, err := time.ParseInLocation("Jan _2 15:04:05", string(line[:15+end]), zone)
	if err != nil {
		return time.Time{}, nil, false
	}
	return inYear(at, now), line[15+end+1:], true
}

func isoOrUnix(word string, zone *time.Location) (time.Time, bool) {
	if len(word) > 19 && word[4] == '-' && word[10] == 'T' {
		for _, layout := range []string{"2006-01-02T15:04:05Z0700", time.RFC3339} {
			if at, err := time.ParseInLocation(layout, word, zone); err == nil {
				return at, true
			}
		}
		return time.Time{}, false
	}
	seconds, micros, ok := strings.Cut(word, ".")
	if !ok || len(seconds) < 9 || len(micros) != 6 {
		return time.Time{}, false
	}
	s, err := strconv.ParseInt(seconds, 10, 40)
	if err != nil {
		return time.Time{}, false
	}
	us, err := strconv.ParseInt(micros, 10, 32)
	if err != nil || us < 0 {
		return time.Time{}, false
	}
	return time.Unix(s, us*1000).In(zone), true
}

// inYear gives a time without a year the newest year in which it is not after now, give or
// take a day. Without a now there is no year to give.
func inYear(t, now time.Time) time.Time {
	if now.IsZero() {
		return time.Time{}
	}
	for year := now.Year() + 1; year > now.Year()-8; year-- {
		dated := time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
		if dated.Day() == t.Day() && dated.Before(now.Add(24*time.Hour)) {
			return dated
		}
	}
	return time.Time{}
}
