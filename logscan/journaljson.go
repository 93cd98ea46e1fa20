package logscan

import (
	"encoding/json"
	"time"
)

// parseJournalJSON reads a line of journalctl -o json. Values are strings; numbers in a
// list where the bytes are no clean text; null where they were longer than 4096 bytes
// (journalctl without --all); a list of values where a field occurs more than once.
func parseJournalJSON(line []byte) (Entry, bool) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil {
		return Entry{}, false
	}
	text := func(name string) string { return string(journalBytes(fields[name])) }
	e := Entry{
		Cursor: text("__CURSOR"), Boot: text("_BOOT_ID"),
		Unit: text("_SYSTEMD_UNIT"), Invocation: text("_SYSTEMD_INVOCATION_ID"),
		Identifier: text("SYSLOG_IDENTIFIER"), Transport: text("_TRANSPORT"),
		PID: int(number(journalBytes(fields["_PID"]))), Priority: -1,
		Message: journalBytes(fields["MESSAGE"]),
	}
	if p := journalBytes(fields["PRIORITY"]); len(p) > 0 {
		e.Priority = int(number(p))
	}
	if us := number(journalBytes(fields["__REALTIME_TIMESTAMP"])); us > 0 {
		e.Time = time.UnixMicro(int64(us)).UTC()
	}
	if unit := text("UNIT"); e.PID == 1 && unit != "" {
		e.Unit, e.Invocation = unit, text("INVOCATION_ID")
	}
	return e, true
}

func journalBytes(raw json.RawMessage) []byte {
	if len(raw) == 0 {
		return nil
	}
	if raw[0] == '"' {
		return []byte(jsonText(raw))
	}
	if raw[0] != '[' {
		return nil
	}
	var numbers []uint16
	if err := json.Unmarshal(raw, &numbers); err == nil {
		b := make([]byte, len(numbers))
		for i, n := range numbers {
			b[i] = byte(n)
		}
		return b
	}
	var values []json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil || len(values) == 0 || len(values[0]) == 0 {
		return nil
	}
	last := values[len(values)-1]
	if last[0] == '[' && json.Unmarshal(last, &numbers) != nil {
		return nil // no lists of lists of lists
	}
	return journalBytes(last)
}
