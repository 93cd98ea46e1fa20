package verify

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

func kubeletChecks() []Check {
	return []Check{
		{
			Code: "PLEG-KUBELET-VERSION", Title: "kubelet version is known", Level: Required,
			Expected: "a version to look known issues up by", eval: kubeletVersion,
		},
		{
			Code: "PLEG-KUBELET-NEWER", Title: "kubelet is not newer than what plegctl knows", Level: Advisory,
			Expected: "kubelet " + known.NewestKubelet().String() + " or older", eval: kubeletNewer,
		},
		{
			Code: "PLEG-KUBELET-GATE", Title: "kubelet knows the feature gate " + known.Gate, Level: Required,
			Expected: "kubelet 1.26 or later", eval: kubeletGate,
		},
		{
			Code: "PLEG-KUBELET-UNIT", Title: "kubelet unit is found and runs", Level: Required, Live: true,
			Expected: "a loaded unit that is active", eval: func(f Facts) Result { return unitRuns(f.Kubelet.Unit, "--kubelet-unit") },
		},
		{
			Code: "PLEG-KUBELET-HEALTH", Title: "kubelet answers its healthz", Level: Required, Live: true,
			Expected: "ok", eval: kubeletHealth,
		},
		{
			Code: "PLEG-KUBELET-ACCESS", Title: "kubelet metrics can be read", Level: Advisory, Live: true,
			Expected: "one access method for /metrics", eval: kubeletAccess,
		},
	}
}

func kubeletVersion(f Facts) Result {
	v := f.Kubelet.Version
	if !v.Seen {
		return noVersion(v)
	}
	return pass(v.Value.String(), v.From)
}

func kubeletNewer(f Facts) Result {
	v := f.Kubelet.Version
	if !v.Seen {
		return noVersion(v)
	}
	if newest := known.NewestKubelet(); newest.Less(v.Value) {
		return fail(fmt.Sprintf("%s; plegctl judges it as %s", v.Value, newest), v.From, "look for a newer plegctl, and try one drained node first")
	}
	return pass(v.Value.String(), v.From)
}

func kubeletGate(f Facts) Result {
	v := f.Kubelet.Version
	if !v.Seen {
		return noVersion(v)
	}
	k := known.KubeletAt(v.Value)
	if !k.GateExists() {
		return fail(fmt.Sprintf("%s: it would not start with the gate", v.Value), v.From, "upgrade the kubelet to 1.26 or later")
	}
	return pass(fmt.Sprintf("%s has it, stage %s", v.Value, k.Stage), v.From)
}

// unitRuns: a unit that is masked or flaps cannot be restarted with proof.
func unitRuns(u Fact[Unit], flag string) Result {
	if !u.Seen {
		return unread(u)
	}
	unit := u.Value
	state := unit.state()
	switch {
	case unit.Load == "not-found":
		hint := "name the unit with " + flag
		if unit.Name != "kubelet.service" && unit.Name != "crio.service" && unit.Name != "containerd.service" {
			hint = "systemctl list-units --type=service shows the units of this node" // it was named
		}
		return fail(unit.Name+" does not exist", u.From, hint)
	case unit.Load == "masked":
		return fail(unit.Name+" is masked", u.From, "systemctl unmask "+unit.Name)
	case unit.Load != "loaded":
		return fail(unit.Name+" is "+unit.Load, u.From, "see systemctl status "+unit.Name)
	case unit.Active != "active":
		return fail(unit.Name+" is "+state, u.From, "see systemctl status "+unit.Name+" and journalctl -u "+unit.Name)
	case unit.NeedDaemonReload:
		return fail(unit.Name+" has changed on disk since systemd read it", u.From, "systemctl daemon-reload")
	}
	return pass(fmt.Sprintf("%s is %s, PID %d", unit.Name, state, unit.MainPID), u.From)
}

func unitName(u Fact[Unit], usual string) string {
	if u.Value.Name != "" {
		return u.Value.Name
	}
	return usual
}

func kubeletHealth(f Facts) Result {
	h := f.Kubelet.Healthz
	if source.Is(f.Kubelet.Settings.HealthzPort, 0) {
		return skip("the healthz port is off (healthzPort: 0)")
	}
	logs := "see `plegctl logs` and journalctl -u " + unitName(f.Kubelet.Unit, "kubelet.service")
	if !h.Seen {
		return fail("no answer: "+h.Why, "healthz", thaw(f.Kubelet.Process, logs))
	}
	if h.Value != "ok" {
		return fail(h.Value, h.From, logs)
	}
	return pass("ok", h.From)
}

func kubeletAccess(f Facts) Result {
	m := f.Kubelet.Metrics
	if m.Seen {
		return pass("read", m.From)
	}
	return fail(m.Why, "kubelet /metrics", accessHint(f))
}
