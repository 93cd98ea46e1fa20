package verify

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
)

func runtimeChecks() []Check {
	return []Check{
		{
			Code: "PLEG-RUNTIME-VERSION", Title: "container runtime and its version are known", Level: Required,
			Expected: "containerd or CRI-O, with a version", eval: runtimeVersion,
		},
		{
			Code: "PLEG-RUNTIME-EVENTS", Title: "this runtime version sends container events", Level: Required,
			Expected: "containerd 1.7 (better 2.0.3) or CRI-O 1.26 (better 1.33) or later", eval: runtimeEvents,
		},
		{
			Code: "PLEG-RUNTIME-UNIT", Title: "runtime unit is found and runs", Level: Required, Live: true,
			Expected: "a loaded unit that is active", eval: func(f Facts) Result { return unitRuns(f.Runtime.Unit, "--runtime-unit") },
		},
		{
			Code: "PLEG-RUNTIME-CRI", Title: "runtime answers on its CRI endpoint", Level: Required, Live: true,
			Expected: "an answer to Version", eval: runtimeCRI,
		},
		{
			Code: "PLEG-RUNTIME-AGE", Title: "runtime has not restarted under the kubelet", Level: Advisory, Live: true,
			Expected: "a runtime that is older than its kubelet", eval: runtimeAge,
		},
	}
}

func runtimeVersion(f Facts) Result {
	r := f.Runtime
	if !r.Name.Seen {
		return noVersion(r.Name)
	}
	if _, ok := known.RuntimeInfoOf(r.Name.Value); !ok {
		return fail(fmt.Sprintf("the runtime is %q", r.Name.Value), r.Name.From, "Evented PLEG needs containerd or CRI-O")
	}
	if !r.Version.Seen {
		return noVersion(r.Version)
	}
	return pass(fmt.Sprintf("%s %s", r.Name.Value, r.Version.Value), r.Version.From)
}

func runtimeEvents(f Facts) Result {
	support := versionSupport(f)
	switch support.holds {
	case Yes:
		return pass(support.found, support.from)
	case No:
		return fail(support.found, support.from, "upgrade the runtime")
	}
	r := notSeen(support.found, support.gap.Hint)
	r.Risk = RiskUnknownVersions
	return r
}

func runtimeCRI(f Facts) Result {
	e := f.Runtime.Endpoint
	if !e.Seen {
		return unread(e)
	}
	if f.Runtime.Answers.Seen {
		return pass("answers at "+e.Value, e.From)
	}
	return fail("no answer at "+e.Value+": "+f.Runtime.Answers.Why, e.From, thaw(f.Runtime.Process, f.Runtime.Answers.Hint))
}

func runtimeAge(f Facts) Result {
	younger, certain := runtimeYounger(f)
	gate := gateLoaded(f)
	switch {
	case gate.holds == No:
		return skip("the gate is off in the running kubelet")
	case !certain:
		return notSeen("the start times of kubelet and runtime could not be compared", "run plegctl as root")
	case younger:
		return fail("the runtime started at "+stamp(f.Runtime.Process.Value.Start)+", the kubelet at "+stamp(f.Kubelet.Process.Value.Start), f.Runtime.Process.From, "restart the kubelet: its event stream does not survive a restart of the runtime")
	}
	return pass("the runtime started at "+stamp(f.Runtime.Process.Value.Start)+", before the kubelet", f.Runtime.Process.From)
}
