package verify

import (
	"fmt"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify/source"
)

func kubeletConfigChecks() []Check {
	return []Check{
		{
			Code: "PLEG-KUBELET-CONFIG", Title: "kubelet configuration can be read and parses", Level: Required,
			Expected: "every file of it parses", eval: kubeletConfig,
		},
		{
			Code: "PLEG-KUBELET-SHADOWED", Title: "the gate is set in one place only", Level: Advisory,
			Expected: "no source that a later one overrides", eval: func(f Facts) Result { return setOnce(f.Kubelet.Gate, "the gate") },
		},
		{
			Code: "PLEG-KUBELET-SUSPECT", Title: "nothing in the kubelet configuration is silently ignored", Level: Advisory,
			Expected: "no duplicate or unknown key, no file that is not read", eval: kubeletSuspect,
		},
		{
			Code: "PLEG-KUBELET-RELIST-GATE", Title: "PLEGOnDemandRelist is left alone", Level: Required,
			Expected: "not set anywhere", eval: demandRelist,
		},
		{
			Code: "PLEG-KUBELET-DROPIN-DIR", Title: "kubelet reads its config drop-in directory", Level: Advisory,
			Expected: "no --config-dir, or one that this kubelet reads", eval: dropInDir,
		},
	}
}

func kubeletConfig(f Facts) Result {
	k := f.Kubelet
	if bad := source.WithEffect(k.Problems, source.Fatal); len(bad) > 0 {
		return at(bad)
	}
	if !k.Gate.Known {
		return unknown(k.Gate)
	}
	return pass(fmt.Sprintf("%d file(s) read", len(k.Inputs.Value.Files())), k.Inputs.From)
}

// setOnce fails where a value is set more than once: the earlier sources mislead readers,
// and an edit of them changes nothing.
func setOnce[T any](s source.Setting[T], what string) Result {
	if !s.Known {
		return unknown(s)
	}
	switch {
	case !s.Explicit() && len(s.Overridden) == 0:
		return pass(what+" is not set", "")
	case len(s.Overridden) == 0:
		return pass(what+" is set at "+s.At.String(), s.At.String())
	}
	all := s.Assignments()
	r := fail(fmt.Sprintf("%s is set %d times; %s (%s) wins", what, len(all), s.At, s.Text()), s.At.String(), "remove the others, so that readers are not misled")
	for _, a := range all[:len(s.Overridden)] {
		r.More = append(r.More, source.Problem{Effect: source.Ignored, At: a.At, Message: what + " is " + a.Text() + " here, which is overridden"})
	}
	r.At = r.More[0].At
	return r
}

func kubeletSuspect(f Facts) Result {
	k := f.Kubelet
	if found := append(source.WithEffect(k.Problems, source.Ignored, source.Suspect), inVain(k.Mentions, k.Problems, k.Gate)...); len(found) > 0 {
		return at(found)
	}
	if !k.Gate.Known {
		return unknown(k.Gate)
	}
	return pass("nothing", "")
}

// inVain are the places that seem to set a value and do not, beside those that are a problem of
// their own or are overridden, which another check says.
func inVain(mentions []source.Mention, problems []source.Problem, s source.Setting[bool]) []source.Problem {
	listed := map[source.Position]bool{}
	line := func(p source.Position) source.Position { return source.Position{Path: p.Path, Line: p.Line} }
	for _, p := range problems {
		listed[line(p.At)] = true
	}
	for _, a := range s.Assignments() {
		listed[line(a.At)] = true
	}
	var found []source.Problem
	for _, m := range mentions {
		if m.Counts || m.Unknown || m.Comment || m.At.Path == "" || listed[line(m.At)] {
			continue
		}
		listed[line(m.At)] = true
		found = append(found, source.Problem{Effect: source.Ignored, At: m.At, Message: m.Text + " has no effect: " + m.Why})
	}
	return found
}

func demandRelist(f Facts) Result {
	s := f.Kubelet.DemandRelist
	switch {
	case !s.Known:
		return unknown(s)
	case !s.Explicit():
		return pass("not set", "")
	case s.Value:
		return pass("set to its default, at "+s.At.String(), s.At.String())
	}
	r := fail("it is off at "+s.At.String(), s.At.String(), "remove it: from 1.37 the kubelet does not start with it, and Evented PLEG needs it")
	r.At = s.At
	if v := f.Kubelet.Version; v.Seen && v.Value.MinorLess(1, 37) {
		r.Found += "; this kubelet version allows it"
	}
	return r
}

func dropInDir(f Facts) Result {
	k := f.Kubelet
	dir := k.Inputs.Value.DropIns
	flag, _ := kubeletcfg.CommandLineOf(k.Inputs.Value.Command).Last("config-dir")
	from := flag.At.String()
	switch {
	case !k.Inputs.Seen:
		return unread(k.Inputs)
	case dir == nil:
		return pass("no --config-dir: plegctl edits the file that --config names", k.Inputs.From)
	case !k.Version.Seen:
		return unread(k.Version)
	}
	for _, p := range k.Problems {
		switch {
		case p.Code == kubeletcfg.CodeDropInDirLink, p.Code == kubeletcfg.CodeDropInsNeedVariable,
			p.Code == kubeletcfg.CodeUnknownFlag && p.At.Name == "--config-dir":
			return at([]source.Problem{p})
		}
	}
	return pass(fmt.Sprintf("%s, %d drop-in(s)", dir.Path, len(dir.Files)), from)
}
