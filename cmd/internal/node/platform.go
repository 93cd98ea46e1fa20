package node

import (
	"strings"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/platform"
)

// platform tells who else writes the files that a change would touch.
func (s *sight) platform() verify.Fact[verify.Platform] {
	found, reasons, err := platform.Recognise(rootFS{s.host.Root}, s.kubelet.process.Args)
	if err != nil {
		return verify.Unseen[verify.Platform]("could not be looked at: "+err.Error(), "run as root")
	}
	runtime := found.Runtime(s.facts.Runtime.Name.Value)
	out := verify.Platform{Name: found.Name}
	advice := max(s.advice(found.Kubelet), runtimeAdvice(runtime, s.facts.Runtime))
	out.Managed = advice == platform.Refuse
	if advice != platform.Fine {
		out.Overwrites = join(found.Kubelet.Overwritten, runtime.Overwritten)
		out.Instead = join(found.Kubelet.Lasting, runtime.Lasting)
	}
	return verify.Seen(out, strings.Join(reasons, ", "))
}

// advice is that on the file, or on a drop-in of our own where a directory is read already.
func (s *sight) advice(side platform.Side) platform.Advice {
	if s.facts.Kubelet.Inputs.Value.DropIns != nil {
		return side.Own
	}
	return side.Edit
}

// runtimeAdvice is that on a drop-in of our own, for a runtime whose events have to be
// switched on.
func runtimeAdvice(side platform.Side, r verify.Runtime) platform.Advice {
	if info, _ := known.RuntimeInfoOf(r.Name.Value); !info.HasSwitch() {
		return platform.Fine
	}
	return side.Own
}

func join(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return a + "; " + b
}
