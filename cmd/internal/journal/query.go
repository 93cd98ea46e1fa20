package journal

import (
	"strconv"
	"strings"
	"time"
)

// Query chooses entries. The zero Query is the whole journal.
type Query struct {
	// Unit keeps the entries of that unit, and what systemd and journald write about it. A
	// name without a suffix means a service.
	Unit string
	// Invocation keeps the entries of one run of a unit: its InvocationID, 32 hexadecimal
	// digits. Unit is then not needed.
	Invocation string
	// Boot keeps one boot: a boot ID, or an offset as journalctl counts them ("0" is the
	// newest boot in the journal, "-1" the one before it); "" keeps all.
	Boot string
	// Since and Until bound the time at which an entry was received; both are inclusive,
	// the zero time is not a bound.
	Since, Until time.Time
	// AfterCursor begins behind that entry.
	AfterCursor string
	// Follow goes on with new entries, through rotation and restarts of the unit, until
	// the context ends.
	Follow bool
	// Tail, where it is not 0, begins with that many entries before the end.
	Tail int
	// Broken keeps, of a unit or a run, the entries that journald broke because they were too
	// long (_LINE_BREAK).
	Broken bool
	// Pattern is a regular expression: entries whose message does not match may be left
	// out, and are where that is cheaper. It is a hint to the source, no filter.
	Pattern string
	// Notice, where it is not nil, receives what limits the answer, in sentences: journal
	// files that could not be read, a journal that is in memory only.
	Notice func(string)
}

// FullUnit is a unit's full name: "kubelet" is "kubelet.service".
func FullUnit(name string) string {
	dot := strings.LastIndexByte(name, '.')
	if dot > 0 {
		switch name[dot+1:] {
		case "service", "scope", "slice", "socket", "target", "timer", "mount", "path", "swap", "device", "automount":
			return name
		}
	}
	return name + ".service"
}

// fields are those that an entry is made of; the rest is left out by --output-fields.
const fields = "MESSAGE,PRIORITY,_PID,_UID,_LINE_BREAK,_BOOT_ID,_SYSTEMD_UNIT,UNIT,_SYSTEMD_INVOCATION_ID,INVOCATION_ID,SYSLOG_IDENTIFIER,_TRANSPORT"

// options are the parts of a command line that not every journalctl knows.
type options struct {
	// outputFields came with systemd 236, grep with 237 and only where it is built with
	// PCRE2.
	outputFields, grep bool
}

// args is the command line of journalctl for q.
func (q Query) args(place []string, o options) []string {
	args := append([]string{"--no-pager", "--all", "--output=export"}, place...)
	if o.outputFields {
		args = append(args, "--output-fields="+fields)
	}
	if q.Boot != "" {
		args = append(args, "--boot="+q.Boot)
	}
	if q.AfterCursor != "" {
		args = append(args, "--after-cursor="+q.AfterCursor)
	} else if !q.Since.IsZero() {
		// journalctl takes one of the two; what is before Since is then left out here.
		args = append(args, "--since="+epoch(q.Since))
	}
	if !q.Until.IsZero() {
		args = append(args, "--until="+epoch(q.Until))
	}
	if q.Follow {
		args = append(args, "--follow")
	}
	switch {
	case q.Tail > 0:
		args = append(args, "--lines="+strconv.Itoa(q.Tail))
	case q.Follow:
		args = append(args, "--no-tail")
	}
	if o.grep && q.greps() {
		args = append(args, "--case-sensitive=yes", "--grep="+q.Pattern)
	}
	// The rest is matches: those of one line of thought are joined by AND, "+" is OR. The
	// fields with an underscore are journald's own word; PID 1 (and journald, as root)
	// name the unit that they write about.
	own, about := "SYSTEMD_UNIT=", "UNIT="
	value := FullUnit(q.Unit)
	switch {
	case q.Invocation != "":
		own, about, value = "SYSTEMD_INVOCATION_ID=", "INVOCATION_ID=", q.Invocation
	case q.Unit == "":
		return args
	}
	args = append(args, "_"+own+value)
	if q.Broken {
		return append(args, "_LINE_BREAK=line-max")
	}
	return append(args, "+", "_PID=1", about+value, "+", "_UID=0", "OBJECT_"+own+value)
}

// greps: with a number of lines, --grep would turn the order round.
func (q Query) greps() bool { return q.Pattern != "" && q.Tail == 0 }

// epoch is a time as journalctl reads it in every zone.
func epoch(t time.Time) string {
	us := t.UnixMicro()
	return "@" + strconv.FormatInt(us/1e6, 10) + "." + leftPad(us%1e6)
}

func leftPad(us int64) string {
	s := strconv.FormatInt(max(us, 0), 10)
	return strings.Repeat("0", 6-len(s)) + s
}
