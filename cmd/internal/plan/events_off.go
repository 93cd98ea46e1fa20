package plan

import (
	"slices"

	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// eventsOff reverts only what plegctl did: another program may read these events.
func (m *maker) eventsOff(info known.RuntimeInfo) {
	r := m.facts.Runtime
	if info.HasSwitch() && !source.Is(r.Events, true) {
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
	if len(steps) == 0 && (info.HasSwitch() || r.Inputs.KnowsPodEvents) && source.Is(r.Events, true) {
		m.note("%s's pod events stay on: plegctl did not turn them on", m.facts.Runtime.Name.Value.Title())
	}
	m.files = append(m.files, steps...)
}

func (m *maker) runtimeFiles() []source.File {
	return slices.DeleteFunc(slices.Clone(m.facts.Runtime.Files.Value), source.File.Missing)
}

// editor edits the runtime's configuration in plegctl's name.
func (m *maker) editor() runtimecfg.Editor {
	r := m.facts.Runtime
	return runtimecfg.Editor{
		Runtime: r.Name.Value, Version: r.Version.Value, Owner: "plegctl",
		Comment: "Written by plegctl: whether " + m.facts.Runtime.Name.Value.Title() + " sends container events (Evented PLEG).\n\"plegctl disable\" and \"plegctl rollback\" remove this file.",
	}
}
