package verify

import (
	"fmt"
	"time"

	"github.com/plegctl/plegctl/logscan"
	"github.com/plegctl/plegctl/verify/source"
)

// daemon is one of the two daemons, as far as "does it run, would it start" goes.
type daemon struct {
	name     string
	unit     Fact[Unit]
	process  Fact[Process]
	problems []source.Problem
	// answers reports whether something answers in its place: where its unit is inactive,
	// another unit may run it.
	answers bool
	// lastWords is what the log shows of its end; "" where it shows none.
	lastWords string
	at        time.Time // when the node was looked at
}

func daemons(f Facts) []daemon {
	runtime := "the container runtime"
	if f.Runtime.Name.Seen {
		runtime = f.Runtime.Name.Value.Title()
	}
	return []daemon{
		{"the kubelet", f.Kubelet.Unit, f.Kubelet.Process, f.Kubelet.Problems, Is(f.Kubelet.Healthz, "ok") || f.Kubelet.Metrics.Seen, lastWords(f.Kubelet.Log), f.At},
		{runtime, f.Runtime.Unit, f.Runtime.Process, f.Runtime.Problems, Is(f.Runtime.Answers, true), "", f.At},
	}
}

func lastWords(log Fact[*logscan.Run]) string {
	if !log.Seen || log.Value.End == nil {
		return ""
	}
	return log.Value.End.Text
}

// broken reports whether a daemon is down, restarts again and again, or would not start
// with the configuration on disk, and says which and why.
func broken(f Facts) (reason, hint string, is bool) {
	if notJoined(f) {
		return notJoinedYet + ": " + f.Node.Joined.From + " does not exist", joinFirst, true
	}
	for _, d := range daemons(f) {
		if reason, hint, down := d.down(); down {
			if p, fatal := source.FirstFatal(d.problems); fatal {
				return fmt.Sprintf("%s; it does not start with its configuration: %s", reason, placed(p)), p.Hint, true
			}
			return because(reason, d.lastWords), hint, true
		}
	}
	for _, d := range daemons(f) {
		if p, fatal := source.FirstFatal(d.problems); fatal {
			return fmt.Sprintf("%s would not start with its configuration: %s", d.name, placed(p)), p.Hint, true
		}
	}
	return "", "", false
}

// notJoined reports whether the kubelet cannot run because its node has not joined a
// cluster: kubeadm then has written neither its credential nor its configuration.
func notJoined(f Facts) bool {
	kubelet := daemons(f)[0]
	_, _, down := kubelet.down()
	_, fatal := source.FirstFatal(kubelet.problems)
	return !f.Offline && Is(f.Node.Joined, false) && (down || fatal)
}

// down reports whether the unit exists and its daemon does not run. A unit that does not
// exist is not evidence: the daemon may be started by another one.
func (d daemon) down() (reason, hint string, is bool) {
	u := d.unit.Value
	if !d.unit.Seen || u.Load == "not-found" || u.Running() && !d.loops() {
		return "", "", false
	}
	state := u.state()
	hint = "see systemctl status " + u.Name + " and journalctl -u " + u.Name
	switch {
	case u.Sub == "auto-restart", d.loops():
		return fmt.Sprintf("%s restarts again and again: %s is %s, %d restarts", d.name, u.Name, state, u.NRestarts), hint, true
	case d.process.Seen, u.Active == "inactive" && d.answers:
		return "", "", false
	case u.Load == "masked":
		return fmt.Sprintf("%s is down: %s is masked", d.name, u.Name), "systemctl unmask " + u.Name, true
	}
	return fmt.Sprintf("%s is down: %s is %s", d.name, u.Name, state), hint, true
}

// absent reports whether the unit is not up, and neither a process nor an answer shows that
// something else runs the daemon.
func (d daemon) absent() bool {
	return d.unit.Seen && !d.unit.Value.Running() && !d.process.Seen && !d.answers
}

// loops reports whether the daemon was started again by itself, more than once and the last
// time just now, and answers nothing: it is in the moment between two deaths.
func (d daemon) loops() bool {
	u := d.unit.Value
	return u.NRestarts > 1 && d.at.Sub(u.ExecMainStart) < settleTime && !d.answers
}

// noKubelet reports whether the machine runs no kubelet that could be looked at.
func noKubelet(f Facts) bool {
	u := f.Kubelet.Unit
	return !f.Offline && !f.Kubelet.Process.Seen && u.Seen && u.Value.Load == "not-found" && !f.Kubelet.Metrics.Seen
}

func placed(p source.Problem) string {
	if p.At.IsDefault() {
		return p.Message
	}
	return p.At.String() + ": " + p.Message
}
