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
		m.note("the container runtime is not known (%s): only the kubelet's side is planned; name it with --runtime", r.Name.Why)
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
	case !info.HasSwitch():
		return // its events are always on; no release has a setting
	}
	m.switchEvents(on)
}

// switchEvents plans the setting of a runtime that has one.
func (m *maker) switchEvents(on bool) {
	events, title := m.facts.Runtime.Events, m.title()
	if !events.Known {
		if on {
			_, fatal := source.FirstFatal(m.facts.Runtime.Problems)
			m.refuse(Refusal{Code: "PLEG-RUNTIME-CONFIG", Text: title + "'s effective pod events are not known: " + events.Reason, Do: events.Hint, Unknown: !fatal})
		}
		return
	}
	if !on {
		m.eventsOff()
		return
	}
	if events.Value {
		return
	}
	if events.At.Kind.Overrides() {
		m.refuse(Refusal{
			Code: "PLEG-RUNTIME-SHADOWED", Where: events.At.String(),
			Text: title + "'s pod events are set to " + events.Text() + " by a flag or the environment, which overrides every file",
			Do:   "remove it there, then run this again",
		})
		return
	}
	m.first("PLEG-RUNTIME-CONFIG", m.eventsOn(), func(steps []Step) (bool, error) {
		value, err := m.eventsAfter(steps)
		return err == nil && value, err
	})
}

func (m *maker) eventsOn() []way {
	var ways []way
	r := m.facts.Runtime
	dir := runtimecfg.PathsOf(r.Name.Value, r.Inputs).DropInDir
	if m.options.Method != MethodEdit && dir != "" {
		ways = append(ways, way{m.title() + " drop-in in " + dir, m.ownDropIn})
	}
	if m.options.Method == MethodDropIn {
		return ways
	}
	for _, f := range slices.Backward(m.runtimeFiles()) {
		if r.Events.Explicit() && f.Path != r.Events.At.Path {
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
func (m *maker) ownDropIn() ([]Step, error) {
	own, err := m.editor().DropIn(m.facts.Runtime.Inputs, true)
	if err != nil {
		return nil, err
	}
	for _, f := range m.runtimeFiles() {
		if f.Path == own.Path {
			return []Step{WriteFile{Path: own.Path, Before: f.Data, After: own.Data, Role: RuntimeConfig}}, nil
		}
	}
	return append(m.options.folders(path.Dir(own.Path)), CreateFile{Path: own.Path, Data: own.Data, Mode: 0o644, Role: RuntimeConfig}), nil
}

// eventsOff takes back only what plegctl did: somebody else may read these events.
func (m *maker) eventsOff() {
	if !m.facts.Runtime.Events.Value {
		return
	}
	var steps []Step
	for _, f := range m.runtimeFiles() {
		c, ours := m.options.recorded(f.Path, f.Data)
		switch {
		case m.editor().Owns(f.Path):
			steps = append(steps, RemoveFile{Path: f.Path, Before: f.Data, Role: RuntimeConfig})
		case ours && c.Before.Exists:
			steps = append(steps, WriteFile{Path: f.Path, Before: f.Data, After: c.Before.Data, Role: RuntimeConfig})
		}
	}
	if len(steps) == 0 {
		m.note("%s's pod events stay on (%s): plegctl did not turn them on", m.title(), m.facts.Runtime.Events.At)
		return
	}
	m.files = append(m.files, steps...)
}

func (m *maker) runtimeFiles() []source.File {
	return slices.DeleteFunc(slices.Clone(m.facts.Runtime.Files.Value), source.File.Missing)
}

func (m *maker) title() string {
	info, _ := known.RuntimeInfoOf(m.facts.Runtime.Name.Value)
	return info.Title
}

// editor edits the runtime's configuration in plegctl's name.
func (m *maker) editor() runtimecfg.Editor {
	r := m.facts.Runtime
	return runtimecfg.Editor{
		Runtime: r.Name.Value, Version: r.Version.Value, Owner: "plegctl",
		Comment: "Written by plegctl: whether " + m.title() + " sends container events (Evented PLEG).\n\"plegctl disable\" and \"plegctl rollback\" remove this file.",
	}
}
