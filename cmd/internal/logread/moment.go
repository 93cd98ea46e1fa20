package logread

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

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
			return time.Time{}, fmt.Errorf("%q is not a time", s)
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
	return time.Time{}, fmt.Errorf("%q is not a time", s)
}

// parseAgo is a duration that may have days.
func parseAgo(s string) (time.Duration, error) {
	days, rest, ok := strings.Cut(s, "d")
	if !ok {
		days, rest = "0", s
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 0 || n > 36500 {
		return 0, errors.New("not a number of days")
	}
	ago := time.Duration(n) * 24 * time.Hour
	if rest == "" && ok {
		return ago, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || more < 0 {
		return 0, fmt.Errorf("not a duration: %q", s)
	}
	return ago + more, nil
}
