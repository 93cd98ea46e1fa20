package node

import (
	"errors"
	"io"
	"strings"

	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/platform"
)

// platform tells who else writes the files that a change would touch.
func (s *sight) platform() verify.Fact[verify.Platform] {
	evidence := platform.Evidence{Looks: map[string]platform.Look{}, Kubelet: s.kubelet.process.Args}
	for _, probe := range platform.Probes() {
		evidence.Looks[probe.Path] = s.probe(probe)
	}
	found, reasons := platform.Recognise(evidence)
	if blind := platform.Blind(evidence); found.Name == platform.Plain && len(blind) > 0 {
		return verify.Unseen[verify.Platform]("could not be looked at: "+strings.Join(blind, ", "), "run as root")
	}
	runtime := found.Runtime(s.facts.Runtime.Name.Value)
	out := verify.Platform{Name: found.Title}
	advice := platform.Worst(s.advice(found.Kubelet), runtimeAdvice(runtime, s.facts.Runtime))
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

func (s *sight) probe(p platform.Probe) platform.Look {
	if p.Head == 0 {
		there, err := s.host.Root.Exists(p.Path)
		return platform.Look{Exists: there, Err: err}
	}
	f, err := s.host.Root.OpenFile(p.Path)
	if missing(err) {
		return platform.Look{}
	}
	if err != nil {
		return platform.Look{Err: err}
	}
	// It was only read from.
	defer func() { _ = f.Close() }()
	head := make([]byte, p.Head)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return platform.Look{Err: err}
	}
	return platform.Look{Exists: true, Head: head[:n]}
}
