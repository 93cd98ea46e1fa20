package cmd

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/plegctl/plegctl/logscan"
)

// The words that --invocation knows besides an ID.
const (
	currentRun = "current"
	everyRun   = "all"
)

// logsQuery is what of a log is looked at.
type logsQuery struct {
	format logscan.Format
	unit   string
	boot   string
	// invocation is currentRun, everyRun or an ID.
	invocation   string
	since, until time.Time
}

func (o *logsOptions) query(d *Deps) (logsQuery, error) {
	q := logsQuery{unit: o.unit, boot: o.boot}
	if q.unit == "" {
		q.unit = d.Settings.KubeletUnit
	}
	var err error
	if q.format, err = logscan.ParseFormat(o.format); err != nil {
		return q, usage(err, "leave --format out to have it detected")
	}
	for _, bound := range []struct {
		flag, text string
		to         *time.Time
	}{{"since", o.since, &q.since}, {"until", o.until, &q.until}} {
		if bound.text == "" {
			continue
		}
		if *bound.to, err = parseMoment(bound.text, d.Now()); err != nil {
			return q, usage(fmt.Errorf("--%s: %w", bound.flag, err), "give 10m, 2h or 3d for so long ago, or a time such as 2026-11-23 11:55")
		}
	}
	if !q.since.IsZero() && !q.until.IsZero() && q.until.Before(q.since) {
		return q, usage(errors.New("--until is before --since"), "give the earlier time to --since")
	}
	if q.boot, err = parseBoot(o.boot, o.file != ""); err != nil {
		return q, err
	}
	windowed := q.boot != "" || !q.since.IsZero() || !q.until.IsZero()
	switch id := strings.ReplaceAll(strings.ToLower(o.invocation), "-", ""); {
	case o.invocation == "" && windowed:
		q.invocation = everyRun
	case o.invocation == "" || id == currentRun:
		q.invocation = currentRun
	case id == everyRun || isID(id):
		q.invocation = id
	default:
		return q, usage(fmt.Errorf("--invocation %q is no ID of 32 hexadecimal digits", o.invocation), "use current, all, or what `systemctl show -p InvocationID kubelet` prints")
	}
	return q, nil
}

func isID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

// parseBoot takes an ID, or an offset where there is a journal to count in.
func parseBoot(s string, file bool) (string, error) {
	id := strings.ReplaceAll(strings.ToLower(s), "-", "")
	if s == "" || isID(id) {
		return id, nil
	}
	n, err := strconv.Atoi(s)
	switch {
	case err != nil || n < -1_000_000 || n > 1_000_000:
		return "", usage(fmt.Errorf("--boot %q is neither a boot ID nor a number", s), "journalctl --list-boots shows both")
	case file:
		return "", usage(fmt.Errorf("--boot %s counts boots, which a file does not list", s), "give a boot ID")
	}
	return strconv.Itoa(n), nil
}

// parseMoment reads a time: so long ago, or a date and time, in the time zone of now where
// it names none.
func parseMoment(s string, now time.Time) (time.Time, error) {
	s = strings.TrimSpace(s)
	if ago, err := parseAgo(strings.TrimSpace(strings.TrimSuffix(s, " ago"))); err == nil {
		return now.Add(-ago), nil
	}
	if seconds, ok := strings.CutPrefix(s, "@"); ok {
		f, err := strconv.ParseFloat(seconds, 64)
		if err != nil || f < 0 || f > 1e11 {
			return time.Time{}, fmt.Errorf("%q is no time", s)
		}
		return time.UnixMicro(int64(f * 1e6)), nil
	}
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch s {
	case "now":
		return now, nil
	case "today":
		return midnight, nil
	case "yesterday":
		return midnight.AddDate(0, 0, -1), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05 MST", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return t, nil
		}
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return midnight.Add(t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, now.Location()))), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", s)
}

// parseAgo is a duration that also knows days.
func parseAgo(s string) (time.Duration, error) {
	days, rest, ok := strings.Cut(s, "d")
	if !ok {
		days, rest = "0", s
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 0 || n > 36500 {
		return 0, errors.New("no number of days")
	}
	ago := time.Duration(n) * 24 * time.Hour
	if rest == "" && ok {
		return ago, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || more < 0 {
		return 0, fmt.Errorf("no duration: %q", s)
	}
	return ago + more, nil
}
