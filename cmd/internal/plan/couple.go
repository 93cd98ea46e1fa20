package plan

import (
	"fmt"
	"path"
	"strings"

	"github.com/plegctl/plegctl/verify"
)

// CoupleName is the file name of the unit drop-in that couples the kubelet to its runtime.
const CoupleName = "90-plegctl-couple.conf"

// CouplePath is where it lies for a runtime unit.
func CouplePath(runtimeUnit string) string {
	return path.Join("/etc/systemd/system", runtimeUnit+".d", CoupleName)
}

// CoupleText is the unit drop-in for the runtime's unit.
//
// A kubelet loses its event stream for good when the runtime restarts
// (kubernetes/kubernetes#129827), so the kubelet must restart after it, however the runtime
// came to start again: an explicit restart, a crash, a stop and a later start. PartOf= on
// the kubelet covers only the first, and leaves the kubelet stopped after stop and start.
//
// ExecStartPost= of the runtime runs at each of them, after the runtime said it is ready.
// try-restart does nothing to a unit that does not run, so nothing happens at boot, nor
// while plegctl itself has stopped the kubelet for an ordered restart. --no-block only
// queues the job: waiting for it inside a start job could deadlock where the kubelet is
// ordered after the runtime. "-" lets a failure here never fail the runtime, "+" runs it
// with full rights even where the unit drops them. No shell is involved.
func CoupleText(kubeletUnit string) []byte {
	return fmt.Appendf(nil, `# Made by plegctl; `+"`plegctl uncouple` or `plegctl rollback`"+` removes it.
# When this runtime has started again, a kubelet that runs must open its event stream
# anew, which it does only at its own start (kubernetes/kubernetes#129827).
[Service]
ExecStartPost=-+/usr/bin/systemctl --no-block try-restart %s
`, strings.ReplaceAll(kubeletUnit, "%", "%%"))
}

// CoupleOwn plans the unit drop-in by itself.
func CoupleOwn(f verify.Facts, u Units, o Options) (Plan, error) {
	m := &maker{facts: f, options: o, plan: Plan{Goal: GoalCouple, Staged: o.Staged}}
	m.managed()
	m.couple(u)
	return m.finish(u, false, false)
}

// Uncouple plans its removal.
func Uncouple(now FileState, u Units, o Options) (Plan, error) {
	m := &maker{options: o, plan: Plan{Goal: GoalUncouple, Staged: o.Staged}}
	if now.Exists {
		m.files = append(m.files, RemoveFile{Path: CouplePath(u.Runtime), Before: now.Data, Role: UnitDropIn})
	}
	return m.finish(u, false, false)
}

// couple adds the unit drop-in, unless it is there already.
func (m *maker) couple(u Units) {
	if u.Runtime == "" {
		m.refuse(Refusal{Code: "PLEG-RUNTIME-UNIT", Text: "the runtime's unit is not known, so nothing can be coupled to it", Do: "name it with --runtime-unit"})
		return
	}
	unit := m.facts.Runtime.Unit
	if unit.Seen && unit.Value.Type != "" && unit.Value.Type != "notify" && unit.Value.Type != "notify-reload" {
		m.refuse(Refusal{
			Code: "PLEG-RUNTIME-UNIT", Where: unit.Value.FragmentPath,
			Text: fmt.Sprintf("%s has Type=%s: systemd takes it for started before it answers, and the kubelet would restart too early", u.Runtime, unit.Value.Type),
			Do:   "use Type=notify for the runtime, as its packages do",
		})
		return
	}
	want := CoupleText(u.Kubelet)
	now := m.options.Coupling
	switch {
	case !now.Exists:
		m.files = append(m.files, m.options.directories(path.Dir(CouplePath(u.Runtime)))...)
		m.files = append(m.files, CreateFile{Path: CouplePath(u.Runtime), Data: want, Mode: 0o644, Role: UnitDropIn})
	case string(now.Data) != string(want):
		m.files = append(m.files, WriteFile{Path: CouplePath(u.Runtime), Before: now.Data, After: want, Role: UnitDropIn})
	}
}
