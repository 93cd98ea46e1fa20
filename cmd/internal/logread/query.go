package logread

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/hint"
)

// Flags are what was asked for, in the words of the command line.
type Flags struct {
	File, Directory        string
	Unit, Boot, Invocation string
	Since, Until           string
	Follow                 bool
}

// The words that --invocation takes besides an ID.
const (
	currentRun = "current"
	everyRun   = "all"
)

// usualUnit is the kubelet's where nobody names one. In a file it may be another (k3s).
const usualUnit = "kubelet.service"

// Query is what is read of which log.
type Query struct {
	file, directory string
	// unit is the kubelet's; named reports whether it was given.
	unit  string
	named bool
	boot  string
	// invocation is currentRun, everyRun or an ID.
	invocation   string
	since, until time.Time
	follow       bool
}

// Query checks the flags; unit is the kubelet's where they name none.
func (f Flags) Query(unit string, now time.Time) (Query, error) {
	q := Query{file: f.File, directory: f.Directory, unit: f.Unit, named: true, follow: f.Follow}
	if q.unit == "" {
		q.unit, q.named = unit, unit != usualUnit
	}
	switch {
	case f.File != "" && f.Directory != "":
		return q, hint.With(errors.New("--file and --directory cannot be combined"), "give one of the two")
	case f.Follow && f.Until != "":
		return q, hint.With(errors.New("--follow and --until cannot be combined"), "use --timeout to end it")
	}
	var err error
	for _, bound := range []struct {
		flag, text string
		to         *time.Time
	}{{"since", f.Since, &q.since}, {"until", f.Until, &q.until}} {
		if bound.text == "" {
			continue
		}
		if *bound.to, err = parseMoment(bound.text, now); err != nil {
			return q, hint.With(fmt.Errorf("--%s: %w", bound.flag, err), "give 10m, 2h or 3d for so long ago, or a time such as 2026-11-23 11:55")
		}
	}
	if !q.since.IsZero() && !q.until.IsZero() && q.until.Before(q.since) {
		return q, hint.With(errors.New("--until is before --since"), "give the earlier time to --since")
	}
	if q.boot, err = parseBoot(f.Boot, f.File != ""); err != nil {
		return q, err
	}
	switch id := strings.ReplaceAll(strings.ToLower(f.Invocation), "-", ""); {
	case f.Invocation == "" && q.windowed():
		q.invocation = everyRun
	case f.Invocation == "" || id == currentRun:
		q.invocation = currentRun
	case id == everyRun || isID(id):
		q.invocation = id
	default:
		return q, hint.With(fmt.Errorf("--invocation %q is not an ID of 32 hexadecimal digits", f.Invocation), "use current, all, or what `systemctl show -p InvocationID kubelet` prints")
	}
	return q, nil
}

// windowed reports whether a part of the log was asked for by time or boot.
func (q *Query) windowed() bool { return q.boot != "" || !q.since.IsZero() || !q.until.IsZero() }

// Runs is how many runs are asked for, 0 for all.
func (q *Query) Runs() int {
	if q.invocation == currentRun {
		return 1
	}
	return 0
}

// Follow reports whether the log is read on as it grows.
func (q *Query) Follow() bool { return q.follow }

// Unit is the kubelet's unit where it was named, else "".
func (q *Query) Unit() string {
	if q.named {
		return q.unit
	}
	return ""
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
		return "", hint.With(fmt.Errorf("--boot %q is neither a boot ID nor a number", s), "journalctl --list-boots shows both")
	case file:
		return "", hint.With(fmt.Errorf("--boot %s counts boots, which a file does not list", s), "give a boot ID")
	}
	return strconv.Itoa(n), nil
}
