package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// Warn adds what the restarts of a plan risk. To enable, what is known to fail is refused; a
// way back is not, and tells of it.
func (p Plan) Warn(f verify.Facts, u Units) Plan {
	kubelet, runtime := slices.Contains(p.Restarts(), u.Kubelet), slices.Contains(p.Restarts(), u.Runtime)
	p.reloads(f)
	p.waits(f, runtime)
	if p.Goal != GoalEnable {
		p.fatal(f, kubelet, runtime)
	}
	if !kubelet && !runtime {
		return p
	}
	codes := []string{verify.RestartCode}
	if runtime && len(p.Edited(RuntimeConfig)) == 0 {
		codes = append(codes, verify.StartCode)
	}
	for _, r := range verify.Run(verify.Checks(), f, verify.Selection{Only: codes}).Results {
		switch {
		case r.Status == verify.Fail && !(p.Goal == GoalEnable && r.Level == verify.Required):
			p.warn("%s; plegctl explain %s", r.Found, r.Code)
		case r.Status == verify.NotSeen:
			p.warn("%s cannot be checked: %s", r.Code, r.Found)
		}
	}
	return p
}

// fatal warns of a configuration with which a daemon would not start after the plan.
func (p *Plan) fatal(f verify.Facts, kubelet, runtime bool) {
	if kubelet && f.Kubelet.Inputs.Seen {
		if problem, is := source.FirstFatal(kubeletcfg.Read(p.kubeletInputs(f)).Problems()); is {
			p.warn("the kubelet would not start again: %s: %s", problem.At, problem.Message)
		}
	}
	if runtime {
		if problem, is := source.FirstFatal(runtimecfg.Effective(f.Runtime.Name.Value, p.RuntimeInputs(f)).Problems); is {
			p.warn("%s would not start again: %s: %s", f.Runtime.Name.Value.Title(), problem.At, problem.Message)
		}
	}
}

// reloads tells of unit files that systemd has not read yet: whoever restarts the unit next
// gets them, or, without a reload, does not.
func (p *Plan) reloads(f verify.Facts) {
	reload := slices.Contains(p.Steps, Step(ReloadUnits{}))
	for _, unit := range []verify.Fact[verify.Unit]{f.Kubelet.Unit, f.Runtime.Unit} {
		switch name := unit.Value.Name; {
		case !unit.Seen || !unit.Value.NeedDaemonReload:
		case reload:
			p.warn("unit files of %s changed and systemd has not read them: the daemon-reload of this change applies them, too", name)
		case slices.Contains(p.Restarts(), name):
			p.warn("unit files of %s changed and systemd has not read them (systemctl daemon-reload): it restarts as it was defined before", name)
		}
	}
}

// waits warns of a runtime that may hang in its stop: in this change, in its rollback, or in
// every restart after which the coupling restarts the kubelet.
func (p *Plan) waits(f verify.Facts, runtime bool) {
	hangs := known.RuntimeAt(f.Runtime.Name.Value, f.Runtime.Version.Value).StopHangs
	switch p.Goal {
	case GoalEnable:
		hangs = hangs && runtime
	case GoalCouple:
		hangs = hangs && !p.Empty()
	case GoalDisable, GoalRollback, GoalUncouple:
		hangs = runtime && verify.StopHangs(f)
	}
	if !hangs {
		return
	}
	limit := "systemd kills it"
	if timeout := f.Runtime.Unit.Value.StopTimeout; timeout > 0 {
		limit += fmt.Sprintf(" after %s", timeout)
	}
	const code = "PLEG-KNOWN-CRIO-HANG"
	p.warn("%s can hang in its stop with its pod events on, until %s (plegctl explain %s)", f.Runtime.Name.Value.Title(), limit, code)
	p.Notes = slices.DeleteFunc(p.Notes, func(note string) bool { return strings.HasSuffix(note, "("+code+")") }) // said already
}

func (p *Plan) warn(format string, args ...any) {
	p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...))
}

// RuntimeInputs are the inputs of the runtime's configuration as they are after the plan.
func (p Plan) RuntimeInputs(f verify.Facts) runtimecfg.Inputs {
	in := f.Runtime.Inputs
	in.Files = after(in.Files, p.Steps, RuntimeConfig, walkOrder)
	return in
}

func (p Plan) kubeletInputs(f verify.Facts) kubeletcfg.Inputs {
	in := f.Kubelet.Inputs.Value
	m := maker{facts: f}
	return in.With(after(in.Files(), p.Steps, KubeletConfig, m.kubeletOrder))
}

// Edited are the paths of one role that the plan changes.
func (p Plan) Edited(role Role) []string {
	var paths []string
	for _, c := range p.Changes() {
		if c.Role == role {
			paths = append(paths, c.Path)
		}
	}
	return paths
}
