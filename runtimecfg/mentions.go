package runtimecfg

import (
	"bytes"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/runtimecfg/internal/tomldoc"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// Mentions returns every place that names the setting for container events, in the order in
// which the runtime reads them: in its files, also those that it does not read, in its
// units and environment files, and on its command line.
func Mentions(runtime known.RuntimeName, in Inputs) []source.Mention {
	info, _ := known.RuntimeInfoOf(runtime)
	setting, ok := info.Switch(in.Version)
	if !ok {
		setting, _ = info.Switch(known.Version{})
	}
	m := mentions{title: info.Title, result: Effective(runtime, in)}
	for _, f := range m.inOrder(in.Files) {
		m.file(f, m.reads(f), setting.Key)
	}
	for _, f := range in.Command.Files {
		m.file(f, true, setting.Flag, setting.Variable)
	}
	for _, a := range m.result.PodEvents.Assignments() {
		if a.At.Path == "" {
			m.add(a.At, a.At.Name+"="+a.Text(), "")
		}
	}
	return m.found
}

type mentions struct {
	title  string
	result Result
	found  []source.Mention
}

// inOrder puts the files that are read first, in their order.
func (m *mentions) inOrder(files []source.File) []source.File {
	ordered := slices.Clone(m.result.Files)
	for _, f := range files {
		if !m.reads(f) {
			ordered = append(ordered, f)
		}
	}
	return ordered
}

func (m *mentions) reads(f source.File) bool {
	return slices.ContainsFunc(m.result.Files, func(r source.File) bool { return r.Path == f.Path })
}

func (m *mentions) file(f source.File, read bool, names ...string) {
	for _, name := range names {
		if name == "" {
			continue
		}
		for _, offset := range source.Occurrences(f.Data, name) {
			line, column := tomldoc.Position(f.Data, offset)
			before := f.Data[lineOffset(f.Data, line):offset]
			why := ""
			switch {
			case !read:
				why = m.title + " does not read this file"
			case bytes.ContainsAny(before, "#;"):
				why = source.InComment
			}
			at, text := source.At(source.ConfigFile, f.Path, line, column), lineAround(f.Data, offset)
			m.add(at, strings.TrimSpace(text), why)
		}
	}
}

// add classifies a place. why is the reason that its text already gives.
func (m *mentions) add(at source.Position, text, why string) {
	events := m.result.PodEvents
	here := func(p source.Position) bool {
		return p.Path == at.Path && p.Line == at.Line && (p.Path != "" || p == at)
	}
	mention := source.Mention{At: at, Text: text, Comment: why == source.InComment, Why: why}
	if why == "" {
		mention.Why = "it is not a setting there"
		for _, p := range m.result.Problems {
			if here(p.At) && p.Effect != source.Suspect {
				mention.Why = p.Message
			}
		}
		for _, a := range events.Overridden {
			if here(a.At) {
				mention.Why = events.At.String() + " overrides it"
			}
		}
		if here(events.At) && events.Explicit() {
			mention.Counts, mention.Why = events.Known, events.Reason
		}
	}
	m.found = append(m.found, mention)
}
