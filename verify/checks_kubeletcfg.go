package verify

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
)

func kubeletConfigChecks() []Check {
	return []Check{
		{
			Code: "PLEG-KUBELET-CONFIG", Title: "kubelet configuration can be read and parses", Level: Required,
			Expected: "every file of it parses", eval: kubeletConfig,
		},
		{
			Code: "PLEG-KUBELET-SHADOWED", Title: "the gate is set in one place only", Level: Advisory,
			Expected: "no place that a later one overrules", eval: func(f Facts) Result { return oneLayer(f.Kubelet.Gate, "the gate") },
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
			Code: "PLEG-KUBELET-DROPIN-DIR", Title: "kubelet reads its config drop-in folder", Level: Advisory,
			Expected: "no --config-dir, or one that this kubelet reads", eval: dropInDir,
		},
	}
}

func kubeletConfig(f Facts) Result {
	k := f.Kubelet
	if bad := problemsOf(k.Problems, "parse"); len(bad) > 0 {
		return at(bad)
	}
	if !k.Gate.Seen {
		return notSeen(k.Gate.Why, k.Gate.Hint)
	}
	files := 0
	if k.Config.Seen && k.Config.Value.Path != "" {
		files++
	}
	files += len(k.DropIns.Value)
	return pass(fmt.Sprintf("%d file(s) read", files), k.Config.Value.Path)
}

// oneLayer fails where a value is set more than once: the earlier places mislead readers,
// and an edit of them changes nothing.
func oneLayer[T any](s Setting[T], what string) Result {
	if !s.Seen {
		return unread(s.Fact)
	}
	switch len(s.Layers) {
	case 0:
		return pass(what+" is set nowhere", "")
	case 1:
		return pass(what+" is set at "+s.Layers[0].Where, s.Layers[0].Where)
	}
	winner := s.Layers[len(s.Layers)-1]
	r := fail(fmt.Sprintf("%s is set %d times; %s (%s) decides", what, len(s.Layers), winner.Where, winner.Value), winner.Where, "take the others out, so that readers are not misled")
	for _, l := range s.Layers[:len(s.Layers)-1] {
		r.More = append(r.More, Problem{Where: l.Where, Path: l.Path, Line: l.Line, Text: what + " is " + l.Value + " here, which is overruled"})
	}
	if len(r.More) > 0 {
		r.Path, r.Line = r.More[0].Path, r.More[0].Line
	}
	return r
}

func kubeletSuspect(f Facts) Result {
	if found := problemsOf(f.Kubelet.Problems, "ignored", "shadowed", "stray", "suspect"); len(found) > 0 {
		return at(found)
	}
	if !f.Kubelet.Gate.Seen {
		return notSeen(f.Kubelet.Gate.Why, f.Kubelet.Gate.Hint)
	}
	return pass("nothing", "")
}

func demandRelist(f Facts) Result {
	s := f.Kubelet.DemandRelist
	switch {
	case !s.Seen:
		return unread(s.Fact)
	case !s.Explicit:
		return pass("not set", "")
	case s.Value:
		return pass("set to its default, at "+s.From, s.From)
	}
	r := fail("it is off at "+s.From, s.From, "take it out: from 1.37 the kubelet does not start with it, and Evented PLEG needs it")
	if len(s.Layers) > 0 {
		last := s.Layers[len(s.Layers)-1]
		r.Path, r.Line = last.Path, last.Line
	}
	if v := f.Kubelet.Version; v.Seen && v.Value.MinorLess(1, 37) {
		r.Found += "; this kubelet bears it"
	}
	return r
}

func dropInDir(f Facts) Result {
	k := f.Kubelet
	switch {
	case !k.ConfigDir.Seen:
		return unread(k.ConfigDir)
	case k.ConfigDir.Value == "":
		return pass("no --config-dir: plegctl edits the file that --config names", k.ConfigDir.From)
	case !k.Version.Seen:
		return unread(k.Version)
	}
	if bad := problemsOf(k.Problems, "config-dir"); len(bad) > 0 {
		return at(bad)
	}
	switch known.KubeletAt(k.Version.Value).ConfigDir {
	case known.ConfigDirNone:
		return fail(fmt.Sprintf("kubelet %s has no --config-dir", k.Version.Value), k.ConfigDir.From, "take the flag out")
	case known.ConfigDirNeedsEnv:
		if !Is(k.ConfigDirEnv, true) {
			return fail(fmt.Sprintf("kubelet %s does not start with --config-dir unless KUBELET_CONFIG_DROPIN_DIR_ALPHA is set", k.Version.Value), k.ConfigDir.From, "set it in the unit, or take the flag out")
		}
	case known.ConfigDirPlain:
	}
	return pass(fmt.Sprintf("%s, %d drop-in(s)", k.ConfigDir.Value, len(k.DropIns.Value)), k.ConfigDir.From)
}
