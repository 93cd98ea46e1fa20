package logread

import (
	"testing"
	"time"
)

func TestParseMoment(t *testing.T) {
	zone := time.FixedZone("X", 3600)
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, zone)
	for in, want := range map[string]time.Time{
		"10m": now.Add(-10 * time.Minute), "2h30m": now.Add(-150 * time.Minute), "3d": now.Add(-72 * time.Hour), "1d12h": now.Add(-36 * time.Hour), "2h ago": now.Add(-2 * time.Hour),
		"now": now, "today": now.Add(-12 * time.Hour), "yesterday": now.Add(-36 * time.Hour),
		"@1795434898.5": time.UnixMicro(1795434898500000), "2026-11-23": now.Add(-12 * time.Hour),
		"2026-11-23 11:55": now.Add(-5 * time.Minute), "2026-11-23 11:55:30": now.Add(-270 * time.Second), "2026-11-23T11:55:00Z": now.Add(55 * time.Minute),
		"11:55": now.Add(-5 * time.Minute), "11:55:30": now.Add(-270 * time.Second),
	} {
		if got, err := parseMoment(in, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %s, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "x", "-5m", "5", "d", "@", "@-1", "2026-13-01", "99999999d", "1h2d"} {
		if got, err := parseMoment(in, now); err == nil {
			t.Errorf("%q: %s, want an error", in, got)
		}
	}
}
