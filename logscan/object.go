package logscan

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// eachObject takes the entries out of JSON that another program wrote around them:
// journalctl, Docker, a cloud's export, a log collector. Lists are gone through, and the
// keys of an entry are found at any depth. It reports whether there was an entry.
func eachObject(text []byte, fn func(Entry)) (found bool) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return false
	}
	walk(value, func(fields map[string]string) {
		found = true
		if fields["ts"] != "" && fields["caller"] != "" { // the kubelet's own, written anew
			var whole bytes.Buffer
			if json.Compact(&whole, text) == nil && splitJSON(whole.Bytes()) >= 0 {
				fn(Entry{Message: whole.Bytes()})
				return
			}
		}
		fn(objectEntry(fields))
	})
	return found
}

// walk gives the fields of each object that holds a message.
func walk(value any, fn func(fields map[string]string)) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			walk(element, fn)
		}
	case string: // Loki and Azure list values without keys
		if _, ok := findRecord([]byte(value), 0); ok {
			fn(map[string]string{"message": value})
		}
	case map[string]any:
		fields := map[string]string{}
		flatten("", value, fields)
		if _, ok := messageOf(fields); ok {
			fn(fields)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			walk(value[name], fn)
		}
	}
}

func objectEntry(fields map[string]string) Entry {
	set := journalFields{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		set.set([]byte(name), []byte(fields[name]))
	}
	e := set.entry()
	message, _ := messageOf(fields)
	e.Message = bytes.TrimRight([]byte(message), "\r\n")
	e.Split = e.Split || fields["log"] == message && fields["stream"] != "" && !strings.HasSuffix(message, "\n") // Docker
	for _, name := range []string{"timestamp", "@timestamp", "time", "TimeGenerated"} {
		if t, err := time.Parse(time.RFC3339Nano, fields[name]); err == nil && e.Time.IsZero() {
			e.Time = t
		}
	}
	if e.Identifier == "" {
		e.Identifier = fields["container_name"]
	}
	return e
}

// messageOf is the message among the fields of an object: the one with the name of a message, or
// else whatever holds a record.
func messageOf(fields map[string]string) (string, bool) {
	for _, name := range []string{"MESSAGE", "message", "log", "textPayload", "line", "LogEntry", "LogMessage", "SyslogMessage", "@message", "body", "msg"} {
		if text, ok := fields[name]; ok {
			return text, true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := findRecord([]byte(fields[name]), 0); ok {
			return fields[name], true
		}
	}
	return "", false
}

// flatten collects the texts of a JSON value by the last part of their key; the outermost
// wins. journalctl writes bytes that are not clean text as a list of numbers, and a field
// that occurs more than once as a list of values.
func flatten(key string, value any, fields map[string]string) {
	set := func(text string) {
		if _, ok := fields[key]; !ok {
			fields[key] = text
		}
	}
	switch value := value.(type) {
	case string:
		set(value)
	case json.Number:
		set(value.String())
	case []any:
		var numbers []byte
		for _, element := range value {
			switch element := element.(type) {
			case json.Number:
				if b, err := strconv.ParseUint(element.String(), 10, 8); err == nil {
					numbers = append(numbers, byte(b))
				}
			case string:
				set(element)
			}
		}
		if len(numbers) > 0 {
			set(string(numbers))
		}
	case map[string]any:
		names := slices.Sorted(maps.Keys(value))
		for _, deep := range []bool{false, true} {
			for _, name := range names {
				if _, inner := value[name].(map[string]any); inner == deep {
					flatten(name, value[name], fields)
				}
			}
		}
	}
}

// depth is how many braces of JSON a line opens more than it closes. No string of JSON goes
// over a line.
func depth(line []byte) (n int) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '{', '[':
			n++
		case '}', ']':
			n--
		case '"':
			end := quoteEnd(line[i:])
			if end == 0 {
				return n
			}
			i += end - 1
		}
	}
	return n
}

// opensObject reports whether a line may be JSON of another program: an object, or a list
// of them.
func opensObject(line []byte) bool {
	list := false
	for _, c := range line[:min(len(line), 64)] {
		switch c {
		case '{':
			return true
		case '[':
			list = true
		case ' ', '\t', ',', '\x1e':
		default:
			return false
		}
	}
	return list
}
