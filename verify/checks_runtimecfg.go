package verify

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

func runtimeConfigChecks() []Check {
	return []Check{
		{
			Code: "PLEG-RUNTIME-CONFIG", Title: "runtime configuration can be read and parses", Level: Required,
			Expected: "every file of it parses", eval: runtimeConfig,
		},
		{
			Code: "PLEG-RUNTIME-CRI-PLUGIN", Title: "the CRI plugin is not switched off", Level: Required,
			Expected: "no entry in disabled_plugins", eval: criPlugin,
		},
		{
			Code: "PLEG-RUNTIME-SHADOWED", Title: "pod events are set in one place only", Level: Advisory,
			Expected: "no source that a later one overrides", eval: runtimeShadowed,
		},
		{
			Code: "PLEG-RUNTIME-STRAY", Title: "nothing about pod events is silently ignored", Level: Advisory,
			Expected: "no key that the runtime does not read, no stray file in a drop-in directory", eval: runtimeStray,
		},
	}
}

func runtimeConfig(f Facts) Result {
	r := f.Runtime
	if bad := source.WithEffect(r.Problems, source.Fatal); len(bad) > 0 {
		return at(bad)
	}
	if hidden := source.WithEffect(r.Problems, source.Unread); len(hidden) > 0 {
		return notSeen(hidden[0].At.String()+": "+hidden[0].Message, hidden[0].Hint)
	}
	if !r.Files.Seen {
		return unread(r.Files)
	}
	return pass(fmt.Sprintf("%d file(s) read", len(r.Files.Value)), "")
}

func criPlugin(f Facts) Result {
	d := f.Runtime.CRIDisabled
	switch {
	case !d.Known:
		if info, ok := known.RuntimeInfoOf(f.Runtime.Name.Value); ok && f.Runtime.Name.Seen && !info.HidesCRI {
			return skip(info.Title + " is nothing but a CRI server")
		}
		return unknown(d)
	case !d.Value:
		return pass("it is on", d.At.String())
	}
	r := fail("the CRI plugin is in disabled_plugins", d.At.String(), "remove it from the list and restart the runtime: without it there is no CRI")
	r.At = d.At
	return r
}

func runtimeShadowed(f Facts) Result {
	if f.Runtime.Name.Seen && !needsSwitch(f) {
		return skip("this runtime has no switch for its events")
	}
	info, _ := known.RuntimeInfoOf(f.Runtime.Name.Value)
	setting, _ := info.Switch(f.Runtime.Version.Value)
	return setOnce(f.Runtime.Events, setting.Key)
}

func runtimeStray(f Facts) Result {
	r := f.Runtime
	if found := append(source.WithEffect(r.Problems, source.Ignored, source.Suspect), inVain(r.Mentions, r.Problems, r.Events)...); len(found) > 0 {
		return at(found)
	}
	if !r.Files.Seen {
		return unread(r.Files)
	}
	return pass("nothing", "")
}
