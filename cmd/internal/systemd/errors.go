package systemd

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What callers branch on.
var (
	// ErrNoSuchUnit: systemd knows no unit of that name, and there is no file for one.
	ErrNoSuchUnit = errors.New("no such unit")
	// ErrNoBus: no systemd could be reached; the machine may not run one.
	ErrNoBus = errors.New("systemd cannot be reached over D-Bus")
	// ErrDenied: systemd or polkit refused; usually one must be root.
	ErrDenied = errors.New("systemd refused access")
	// ErrMasked: the unit is masked, so it cannot be started.
	ErrMasked = errors.New("the unit is masked")
)

// JobError reports that a job on a unit did not end as it should, with what was seen.
type JobError struct {
	Unit string
	Verb Verb
	// Result is systemd's word ("failed", "timeout", "canceled", "dependency", "skipped"),
	// or one of ours: "no answer" (no result within the deadline), "unproven" (systemd said
	// done, the unit does not show it).
	Result string
	// After is how long was waited.
	After time.Duration
	// Now is the unit as it was seen last.
	Now Unit
}

// The results that are ours.
const (
	NoAnswer = "no answer"
	Unproven = "unproven"
)

func (e *JobError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Verb, e.Unit)
	switch e.Result {
	case NoAnswer:
		fmt.Fprintf(&b, "no result after %s", e.After.Round(100*time.Millisecond))
	case Unproven:
		b.WriteString("systemd reported success, but the unit does not show it")
	default:
		fmt.Fprintf(&b, "the job ended as %q", e.Result)
	}
	if e.Now.Active != "" {
		fmt.Fprintf(&b, "; the unit is %s", state(e.Now))
	}
	return b.String()
}

// state is a unit's state in words: "failed (failed, result exit-code, exit status 1)".
func state(u Unit) string {
	detail := u.Sub
	if u.Result != "" && u.Result != "success" {
		detail += ", result " + u.Result
		switch u.ExitCode {
		case 1:
			detail += fmt.Sprintf(", exit status %d", u.ExitStatus)
		case 2, 3:
			detail += fmt.Sprintf(", signal %d", u.ExitStatus)
		}
	}
	return fmt.Sprintf("%s (%s)", u.Active, detail)
}
