package logscan

import (
	"fmt"
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

// WhyIncomplete is why the absence of a message in the log of this run proves nothing; ""
// where the log holds all that the run logged.
func (r *Run) WhyIncomplete() string {
	switch {
	case r.Unread != "":
		return r.Unread
	case !r.StartSeen:
		return "it does not reach back to the kubelet's start"
	case r.Suppressed > 0:
		return "journald dropped " + count(r.Suppressed, "message") + " (rate limit)"
	}
	return r.damage()
}

// damaged reports whether lines may have been lost on the way into a file.
func (r *Run) damaged() bool { return r.Cut+r.Wrapped+r.Misplaced > 0 }

// damage describes what was done to the log of the run; "" if nothing was.
func (r *Run) damage() string {
	switch {
	case r.Cut > 0:
		return count(r.Cut, "line") + " cut off in the middle"
	case r.Wrapped > 0:
		return count(r.Wrapped, "record") + " wrapped over several lines"
	case r.Misplaced > 0:
		return count(r.Misplaced, "message") + " that this version of the kubelet does not log"
	}
	return ""
}

// limits are what the log cannot show.
func (r *Run) limits() []string {
	var l []string
	v := r.Version
	switch {
	case noVersion(v):
		l = append(l, "The version of the kubelet is not in the log, so its messages are read as those of any version.")
	case known.NewestKubelet().MinorLess(v.Major, v.Minor):
		l = append(l, "This kubelet is newer than those that were studied ("+known.NewestKubelet().String()+"); it may log other messages.")
	}
	if !r.StartSeen {
		l = append(l, "The log does not reach back to the start of this kubelet: event streams that failed before are not in it.")
	}
	if r.Suppressed > 0 {
		l = append(l, "journald dropped "+count(r.Suppressed, "message")+" of this kubelet (rate limit), which may have been any.")
	}
	if r.damaged() {
		l = append(l, "The log has "+r.damage()+". Give it as it was written: journalctl -u kubelet -o export.")
	}
	if r.State == StateOff {
		return l
	}
	if !noVersion(v) && r.Gate.Value == GateUnknown && !logged(KindConfig, v, 0) && r.Verbosity.Level < 1 {
		l = append(l, "At verbosity 0 kubelets before 1.37 do not log their feature gates.")
	}
	if r.State == StateInconclusive && !logged(KindEvent, v, r.Verbosity.Level) {
		l = append(l, "Below verbosity 4 no kubelet logs that container events arrive; failed event streams are logged at every verbosity.")
	}
	if r.State != StateFellBack {
		l = append(l, "A stream that hangs without an end is in no log.")
	}
	return l
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "a time that is not logged"
	}
	return t.Format("2006-01-02T15:04:05.000Z07:00")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
