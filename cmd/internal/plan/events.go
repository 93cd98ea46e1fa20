package plan

import (
	"path"
	"slices"

	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// events plans what makes the runtime send container events or stop sending them.
func (m *maker) events(on bool) {
	r := m.facts.Runtime
	switch {
	case !r.Name.Seen && m.facts.Offline:
		m.note("runtime unknown: only the kubelet's side is planned (--runtime)")
		return
	case !r.Name.Seen && !on:
		return
	case !r.Name.Seen:
		m.refuse(Refusal{Code: "PLEG-RUNTIME-CRI", Text: "the container runtime is not known: " + r.Name.Why, Do: orElse(r.Name.Hint, "name its endpoint with --runtime-endpoint"), Unknown: true})
		return
	}
	info, listed := known.RuntimeInfoOf(r.Name.Value)
	switch {
	case on && !listed:
		m.refuse(Refusal{Code: "PLEG-RUNTIME-CRI", Text: "it is not known whether " + info.Title + " sends container events", Do: "use containerd or CRI-O"})
		return
	case on && source.Is(r.CRIDisabled, true):
		m.refuse(Refusal{Code: "PLEG-RUNTIME-CRI-PLUGIN", Where: r.CRIDisabled.At.String(), Text: info.Title + "'s CRI plugin is switched off", Do: "remove it from disabled_plugins and restart " + info.Title})
		return
	}
	switch {
	case !on:
		m.eventsOff(info)
	case info.HasSwitch():
		m.switchEvents(r.Inputs, r.Events)
	default:
		m.patchedEvents(info)
	}
}

// forcedKey is the name under which a forced key is recorded.
const forcedKey = "force-containerd-key"

// patchedEvents plans the key of a build that upstream does not have: where the build's own
// dump shows it, or where the operator insists.
func (m *maker) patchedEvents(info known.RuntimeInfo) {
	r := m.facts.Runtime
	setting, _ := info.Switch(r.Version.Value)
	switch in := r.Inputs; {
	case in.KnowsPodEvents:
		m.switchEvents(in, r.Events)
	case m.options.ForceKey:
		m.plan.Accepted = append(m.plan.Accepted, forcedKey)
		m.note("%s is written by force: a build without it ignores it", setting.Key)
		in.KnowsPodEvents = true
		m.switchEvents(in, runtimecfg.Effective(info.Name, in).PodEvents)
	case r.KnowsKey.Seen:
		m.note("containerd always sends events; this build has no such key (%s)", setting.Key)
	}
}

// switchEvents plans the setting of a runtime that has one.
func (m *maker) switchEvents(in runtimecfg.Inputs, events source.Setting[bool]) {
	title := m.facts.Runtime.Name.Value.Title()
	switch {
	case !events.Known:
		_, fatal := source.FirstFatal(m.facts.Runtime.Problems)
		m.refuse(Refusal{Code: "PLEG-RUNTIME-CONFIG", Text: title + "'s effective pod events are not known: " + events.Reason, Do: events.Hint, Unknown: !fatal})
	case events.Value:
	case events.At.Kind.Overrides():
		m.refuse(Refusal{
			Code: "PLEG-RUNTIME-SHADOWED", Where: events.At.String(),
			Text: title + "'s pod events are set to " + events.Text() + " by a flag or the environment, which overrides every file",
			Do:   "remove it there, then run this again",
		})
	default:
		m.first("PLEG-RUNTIME-CONFIG", m.eventsOn(in, events), func(steps []Step) (bool, error) {
			value, err := m.eventsAfter(in, steps)
			return err == nil && value, err
		})
	}
}

func (m *maker) eventsOn(in runtimecfg.Inputs, events source.Setting[bool]) []way {
	var ways []way
	dir := runtimecfg.PathsOf(m.facts.Runtime.Name.Value, in).DropInDir
	if m.options.Method != MethodEdit && dir != "" {
		ways = append(ways, way{m.facts.Runtime.Name.Value.Title() + " drop-in in " + dir, func() ([]Step, error) { return m.ownDropIn(in) }})
	}
	if m.options.Method == MethodDropIn {
		return ways
	}
	files := m.runtimeFiles()
	if dir != "" { // the last file wins; without a directory the first one is the node's own
		slices.Reverse(files)
	}
	for _, f := range files {
		if events.Explicit() && f.Path != events.At.Path {
			continue
		}
		ways = append(ways, way{"edit of " + f.Path, func() ([]Step, error) {
			edit, err := m.editor().Set(f.Data, true)
			return []Step{WriteFile{Path: f.Path, Before: f.Data, After: edit.After, Role: RuntimeConfig}}, err
		}})
	}
	return ways
}

// ownDropIn is a file of our own under a name that wins over all others. CRI-O's
// packages overwrite their 10-crio.conf on upgrades, so that one is left alone.
func (m *maker) ownDropIn(in runtimecfg.Inputs) ([]Step, error) {
	own, err := m.editor().DropIn(in, true)
	if err != nil {
		return nil, err
	}
	for _, f := range m.runtimeFiles() {
		if f.Path == own.Path {
			return []Step{WriteFile{Path: own.Path, Before: f.Data, After: own.Data, Role: RuntimeConfig}}, nil
		}
	}
	return append(m.options.directories(path.Dir(own.Path)), CreateFile{Path: own.Path, Data: own.Data, Mode: 0o644, Role: RuntimeConfig}), nil
}
