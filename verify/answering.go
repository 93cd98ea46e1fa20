package verify

import "fmt"

// answering takes the stream for open only if both ends answer now. A peer that is frozen
// (SIGSTOP, a hung disk) changes no counter and keeps its connections: only a question that
// needs an answer tells it from one that works (seen with CRI-O 1.34.11, containerd 2.4.2
// and the kubelets 1.29.15 to 1.37.2).
func answering(f Facts, up finding) finding {
	missing := ""
	switch {
	case !Is(f.Runtime.Answers, true):
		missing = because("the runtime does not answer now", f.Runtime.Answers.Why)
		up.gap = &Gap{"an answer of the runtime", f.Runtime.Answers.Why, thaw(f.Runtime.Process, f.Runtime.Answers.Hint)}
	case !f.Kubelet.Healthz.Seen && !f.Kubelet.Metrics.Seen:
		missing = because("the kubelet does not answer now", f.Kubelet.Healthz.Why)
		up.gap = &Gap{"an answer of the kubelet", f.Kubelet.Healthz.Why, thaw(f.Kubelet.Process, "")}
	default:
		return up
	}
	if !settled(f) || f.Runtime.Process.Seen && f.At.Sub(f.Runtime.Process.Value.Start) < settleTime {
		up.waiting = missing // one of them is starting
	}
	up.holds, up.inferred = Unknown, false
	up.found = missing + ", so whether the stream still works is not known (" + up.found + ")"
	return up
}

// thaw is the advice for a process that a signal holds.
func thaw(p Fact[Process], otherwise string) string {
	if !p.Seen || !p.Value.Stopped {
		return otherwise
	}
	return fmt.Sprintf("process %d (%s) is stopped: find out who stopped it, then run kill -CONT %d", p.Value.PID, p.Value.Name, p.Value.PID)
}
