package probe

import (
	"fmt"
	"strings"
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

// Ending is how a probe came to its end.
type Ending int

// The endings.
const (
	// Enough: the wanted number of events or the time is reached, or the user stopped it.
	Enough Ending = iota
	// EndedByRuntime: the runtime ended the stream cleanly.
	EndedByRuntime
	// Broken: the connection broke.
	Broken
	// NoCall: the runtime does not know GetContainerEvents.
	NoCall
	// NoService: no CRI service is behind the socket.
	NoService
	// Unreachable: nothing answers at the socket.
	Unreachable
	// Denied: no permission to open the socket.
	Denied
	// Starting: the runtime is not ready yet.
	Starting
	// Hung: the runtime took the connection and answers nothing, not even Version.
	Hung
)

// Verdict is the answer of a probe.
type Verdict string

// The verdicts.
const (
	// Streaming: events came and the stream is open.
	Streaming Verdict = "streaming"
	// Idle: the stream is open and nothing came. That is all: a quiet runtime and a
	// stream that delivers nothing look the same.
	Idle Verdict = "idle"
	// ClosedAtOnce: the runtime ended the stream as soon as it was opened.
	ClosedAtOnce Verdict = "closed-at-once"
	// Ended: the stream was up and came to an end.
	Ended Verdict = "ended"
	// Unsupported: the runtime cannot stream events.
	Unsupported Verdict = "unsupported"
	// NotReachable: the runtime could not be asked.
	NotReachable Verdict = "unreachable"
)

// Result is a verdict with its reason.
type Result struct {
	Verdict Verdict
	// Why says in words what was seen; Hint what to do.
	Why, Hint string
	Summary
}

// atOnce is how soon an end counts as "at once".
const atOnce = 2 * time.Second

// End closes the probe at that time. The runtime is who answered, zero where nobody did.
func (j *Judge) End(at time.Time, how Ending, r known.Runtime) Result {
	res := Result{Summary: j.Summary(at)}
	switch how {
	case Enough:
		res.enough()
	case EndedByRuntime, Broken:
		res.over(how, at.Sub(j.opened), r)
	case NoCall:
		res.Verdict = Unsupported
		res.Why = fmt.Sprintf("%s does not know the call GetContainerEvents: it is too old", naming(r))
		res.Hint = "containerd sends container events from 1.7 on (better 2.0.3), CRI-O from 1.26 on (better 1.33)"
	case NoService:
		res.Verdict = Unsupported
		res.Why = "there is no CRI service behind the socket: containerd's CRI plugin is disabled or failed to load"
		res.Hint = `look for disabled_plugins in containerd's configuration and for "failed to load plugin" in its journal`
	case Unreachable:
		res.Verdict, res.Why = NotReachable, "nothing answers at the CRI endpoint"
		res.Hint = "check that the container runtime runs and that this is its endpoint (--runtime-endpoint)"
	case Denied:
		res.Verdict, res.Why = NotReachable, "cannot open the CRI endpoint: permission denied"
		res.Hint = "run as root"
	case Starting:
		res.Verdict, res.Why = NotReachable, "the runtime is still starting"
		res.Hint = "try again in some seconds"
	case Hung:
		res.Verdict, res.Why = NotReachable, "the runtime takes connections and answers nothing, not even Version"
		res.Hint = "look at the runtime's journal; it may need a restart, and then the kubelet too"
	}
	return res
}

func (res *Result) enough() {
	if res.Events > 0 {
		res.Verdict, res.Why = Streaming, countEvents(res.Events)
		return
	}
	res.Verdict = Idle
	res.Why = "the stream is open and nothing came; a quiet runtime and a stream that delivers nothing look the same"
	res.Hint = "start or stop a container meanwhile, or run `plegctl verify --level proven --stimulus`"
}

func (res *Result) over(how Ending, open time.Duration, r known.Runtime) {
	if how == EndedByRuntime && res.Events == 0 && open < atOnce {
		res.Verdict = ClosedAtOnce
		info, ok := known.RuntimeInfoOf(r.Name)
		if !ok {
			info, _ = known.RuntimeInfoOf(known.CRIO)
		}
		if !info.HasSwitch() {
			res.Why, res.Hint = info.Title+" ended the stream at once: it is stopping", "try again when it has started"
			return
		}
		res.Why = "the runtime ended the stream at once and without an error, as CRI-O does while its pod events are off"
		if setting, ok := info.Switch(r.Version); ok {
			res.Hint = fmt.Sprintf("set %s = true under [%s] and restart %s, then the kubelet: `plegctl enable` does both in the right order",
				setting.Key, strings.Join(setting.Table, "."), info.Title)
		}
		return
	}
	res.Verdict = Ended
	res.Why = "the stream broke: the runtime stopped or restarted"
	if how == EndedByRuntime {
		res.Why = "the runtime ended the stream: it stopped or restarted"
	}
	res.Hint = "a kubelet that was connected has used up its five tries by now: restart it, and see `plegctl verify`"
}

func countEvents(n int) string {
	if n == 1 {
		return "1 event"
	}
	return fmt.Sprintf("%d events", n)
}

func naming(r known.Runtime) string {
	if r.Name == "" {
		return "the runtime"
	}
	if r.Version.IsZero() {
		return fmt.Sprintf("%s (of a version that is not known)", r.Name)
	}
	return fmt.Sprintf("%s %s", r.Name, r.Version)
}
