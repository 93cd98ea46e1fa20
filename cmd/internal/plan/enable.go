package plan

import (
	"slices"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// Enable plans to turn Evented PLEG on: both sides or none. What stands in the way is a
// *[RefusedError] with every reason; the plan that comes with it is what would be done
// without them, as far as it could be made.
func Enable(f verify.Facts, u Units, o Options) (Plan, error) {
	m := &maker{facts: f, options: o, plan: Plan{Goal: GoalEnable, Staged: o.Staged}}
	m.events(true)
	m.gate(true)
	if len(m.files) > 0 {
		m.cautions()
		m.lasting()
	}
	if o.Couple {
		m.couple(u)
	}
	kubelet, runtime := m.stale()
	m.units(u, kubelet, runtime)
	m.judge(m.done(kubelet, runtime))
	return m.finish(u, kubelet, runtime)
}

// Disable plans to turn the gate off, and the runtime's events too where plegctl turned
// them on. It needs no record.
func Disable(f verify.Facts, u Units, o Options) (Plan, error) {
	m := &maker{facts: f, options: o, plan: Plan{Goal: GoalDisable, Staged: o.Staged}}
	m.managed()
	m.gate(false)
	m.events(false)
	kubelet := false
	for _, running := range f.Kubelet.Running {
		kubelet = kubelet || verify.Is(running, true)
	}
	m.units(u, kubelet, false)
	return m.finish(u, kubelet, false)
}

// done reports whether the node is as wanted: nothing has to be done, and what is on it is
// known well enough to say so.
func (m *maker) done(kubelet, runtime bool) bool {
	if len(m.files) > 0 || len(m.reasons) > 0 || !m.staged() && (kubelet || runtime) {
		return false
	}
	state := verify.Judge(m.facts).State
	return state == verify.StateWorks || m.facts.Offline && state == verify.StateRestartPending
}

// stale tells which daemon runs with another value than its files have, or has lost what
// only a restart brings back.
func (m *maker) stale() (kubelet, runtime bool) {
	f := m.facts
	for _, running := range f.Runtime.RunningEvents {
		if running.Seen {
			runtime = !running.Value && source.Is(f.Runtime.Events, true)
			break
		}
	}
	for _, running := range f.Kubelet.Running {
		if running.Seen {
			kubelet = !running.Value
			break
		}
	}
	switch verify.Judge(f).State {
	case verify.StateFellBack, verify.StateRestartPending:
		kubelet = true
	case verify.StateOff, verify.StateHalf, verify.StateWorks, verify.StateHarmful, verify.StateInconclusive:
	}
	return kubelet && source.Is(f.Kubelet.Gate, true), runtime
}

// finish orders the steps and says what stood in the way.
func (m *maker) finish(u Units, kubelet, runtime bool) (Plan, error) {
	k, r := changed(m.files)
	k, r = k || kubelet, r || runtime
	staged := m.staged()
	m.plan.Staged = staged
	u.Proof = m.options.Proof
	for _, name := range m.options.Accept {
		if !slices.Contains(m.plan.Accepted, name) && len(m.reasons) == 0 {
			m.note("--accept-risk %s: no such risk is in the way here", name)
		}
	}
	u.Accepted = slices.ContainsFunc(m.plan.Accepted, func(name string) bool { return name != forcedKey })
	m.plan.Steps = sequence(m.files, u, k, r, staged)
	if len(m.reasons) > 0 {
		return m.plan, &RefusedError{Goal: m.plan.Goal, Reasons: m.reasons}
	}
	return m.plan, nil
}

// units refuses to restart what does not run: a kubelet that was down before could not
// show that the change did it no harm.
func (m *maker) units(u Units, kubelet, runtime bool) {
	k, r := changed(m.files)
	if m.staged() || !k && !r && !kubelet && !runtime {
		return
	}
	unit := m.facts.Kubelet.Unit
	switch {
	case !unit.Seen:
		m.refuse(Refusal{Code: "PLEG-KUBELET-UNIT", Text: "the kubelet's unit " + u.Kubelet + " could not be seen: " + unit.Why, Do: orElse(unit.Hint, "name it with --kubelet-unit, or write files only with --no-restart"), Unknown: true})
	case unit.Value.Active != "active":
		m.refuse(Refusal{
			Code: "PLEG-KUBELET-UNIT", Text: u.Kubelet + " is " + unit.Value.Active + ", so plegctl cannot see whether the change harms it",
			Do: "get the kubelet up first (`plegctl logs`), or write files only with --no-restart",
		})
	}
	if u.Runtime == "" && needsRuntime(m.files) {
		m.refuse(Refusal{Code: "PLEG-RUNTIME-UNIT", Text: "the runtime's unit is not known, and the runtime must be restarted", Do: "name it with --runtime-unit"})
	}
}

func needsRuntime(files []Step) bool {
	_, runtime := changed(files)
	return runtime
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// Stale reports which daemon runs with another value than its files have, or may: what
// cannot be seen counts.
func Stale(f verify.Facts) (kubelet, runtime bool) {
	kubelet = differs(f.Kubelet.Running, f.Kubelet.Gate)
	info, _ := known.RuntimeInfoOf(f.Runtime.Name.Value)
	runtime = info.HasSwitch() && differs(f.Runtime.RunningEvents, f.Runtime.Events)
	return kubelet, runtime
}

func differs(running []verify.Fact[bool], files source.Setting[bool]) bool {
	for _, r := range running {
		if r.Seen {
			return files.Known && r.Value != files.Value
		}
	}
	return true
}
