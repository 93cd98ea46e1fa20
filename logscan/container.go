package logscan

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// criLine is a line of a container's log file as container runtimes write it: time,
// stream, F or P, text (k8s.io/cri-client pkg/logs). P is a part of a longer line.
type criLine struct {
	at      time.Time
	stream  byte // 'o' or 'e'
	partial bool
	message []byte
}

func parseCRI(line []byte) (criLine, bool) {
	stamp, rest, ok := bytes.Cut(line, []byte{' '})
	if !ok || len(stamp) < 20 || stamp[4] != '-' || stamp[10] != 'T' {
		return criLine{}, false
	}
	l := criLine{stream: 'o'}
	if rest, ok = bytes.CutPrefix(rest, []byte("std")); !ok {
		return criLine{}, false
	}
	if after, err := bytes.CutPrefix(rest, []byte("err ")); err {
		l.stream, rest = 'e', after
	} else if rest, ok = bytes.CutPrefix(rest, []byte("out ")); !ok {
		return criLine{}, false
	}
	tag, message, _ := bytes.Cut(rest, []byte{' '})
	// Tags are joined with colons; the first is F or P.
	if len(tag) == 0 || tag[0] != 'F' && tag[0] != 'P' {
		return criLine{}, false
	}
	l.partial, l.message = tag[0] == 'P', message
	at, err := time.Parse(time.RFC3339Nano, string(stamp))
	l.at = at
	return l, err == nil
}

// parseDocker reads a line of Docker's json-file driver.
func parseDocker(line []byte) (criLine, bool) {
	var l struct {
		Log    string    `json:"log"`
		Stream string    `json:"stream"`
		Time   time.Time `json:"time"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return criLine{}, false
	}
	text, whole := strings.CutSuffix(l.Log, "\n")
	stream := byte('o')
	if l.Stream == "stderr" {
		stream = 'e'
	}
	return criLine{at: l.Time, stream: stream, partial: !whole, message: []byte(text)}, true
}

// maxJoined bounds a line that was written in parts.
const maxJoined = 1 << 20

// joiner puts the parts of long lines together, for each stream of the container.
type joiner struct{ parts [2][]byte }

// join returns the whole line, or false while parts are missing.
func (j *joiner) join(l criLine) ([]byte, bool) {
	i := 0
	if l.stream == 'e' {
		i = 1
	}
	if len(j.parts[i]) == 0 && !l.partial {
		return l.message, true
	}
	if len(j.parts[i])+len(l.message) <= maxJoined {
		j.parts[i] = append(j.parts[i], l.message...)
	}
	if l.partial {
		return nil, false
	}
	whole := j.parts[i]
	j.parts[i] = j.parts[i][:0]
	return whole, true
}
