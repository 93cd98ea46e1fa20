package report

import (
	"fmt"
	"time"
)

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// clock is a time of the day of now, and with its date where it is on another day.
func clock(now, t time.Time) string {
	t = t.In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02 15:04:05")
}

// ago is a time as systemctl prints it: "2h 11m ago".
func ago(now, t time.Time) string { return span(now.Sub(t)) + " ago" }

// span is a duration in its two largest units: "3d 4h", "2h 11m", "23m", "40s".
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day:
		return fmt.Sprintf("%dd %dh", d/day, d%day/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh %dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", max(d, 0)/time.Second)
}
