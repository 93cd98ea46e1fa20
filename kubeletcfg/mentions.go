package kubeletcfg

import (
	"bytes"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// Mentions lists every place in the flags and files that names a feature gate, in any case,
// and whether it counts: also comments, nested and misspelt keys, later documents, and
// files that the kubelet does not read. Of one file it lists the first hundred. The units and
// environment files are for [start.Command.Mentions] to look into.
func (c *Config) Mentions(gate string) []source.Mention {
	m := mentions{Config: c, gate: gate, setting: c.gateIn(gate, c.everything()), table: fieldsAt(c.in.Version)}
	for _, f := range c.files {
		for _, off := range m.occurrences(f.doc.Src) {
			m.add(f.at(off), around(f.doc.Text, off), m.fileReason(f, off))
		}
	}
	if dir := c.in.DropIns; dir != nil {
		for _, skipped := range dir.Skipped {
			f := file{kind: source.DropIn, path: skipped.Path, doc: document{Text: source.NewText(skipped.Data)}}
			for _, off := range m.occurrences(skipped.Data) {
				m.add(f.at(off), around(f.doc.Text, off), "the kubelet reads only files that end in .conf here")
			}
		}
	}
	for _, f := range c.flags.Flags {
		if len(source.Occurrences([]byte(f.Value), gate)) > 0 {
			m.add(f.At, "--"+f.Name+"="+f.Value, m.flagReason(f))
		}
	}
	for _, p := range c.flags.problems {
		if len(source.Occurrences([]byte(p.Message), gate)) > 0 {
			m.add(p.At, p.Message, "the kubelet does not accept the argument")
		}
	}
	return m.found
}

type mentions struct {
	*Config
	gate    string
	setting source.Setting[bool]
	table   fieldTable
	found   []source.Mention
}

func (m *mentions) occurrences(text []byte) []int {
	const limit = 100 // each is looked up in the whole file
	found := source.Occurrences(text, m.gate)
	return found[:min(len(found), limit)]
}

func (m *mentions) add(at source.Position, text, why string) {
	m.found = append(m.found, source.Mention{At: at, Text: text, Counts: why == "", Comment: why == source.InComment, Why: why})
}

// fileReason says why the gate's name at an offset has no effect; "" where it decides.
func (m *mentions) fileReason(f file, off int) string {
	d := f.doc
	keys, isKey := d.root.pathTo(off)
	switch {
	case f.broken:
		return "the kubelet cannot read this file"
	case off < d.from || off >= d.to:
		return "the kubelet reads only the first document of a file"
	case len(keys) == 0 && d.inComment(off):
		return source.InComment
	case len(keys) == 0:
		return "it is text in a value"
	}
	if field := m.notField(f, keys); field != "" {
		why := field + " is not a field of a KubeletConfiguration"
		if d.root.hasAlias() {
			why += "; it counts only where an alias refers to it"
		}
		return why
	}
	switch name := keys[len(keys)-1]; {
	case !isKey || len(keys) != 2:
		return "it is text in the value of " + strings.Join(keys, ".")
	case name != m.gate:
		return "the gate is spelled " + m.gate
	}
	if e, _ := d.root.last(keys[0]); e.value.kind == mappingNode {
		if last, _ := e.value.last(m.gate); last.keyStart > off || off >= last.keyEnd {
			return "the same key again, further down, replaces it"
		}
	}
	return m.overridden(f.position(keys...))
}

// notField returns the part of a path that is not a field; "" where all of it is.
func (m *mentions) notField(f file, keys []string) string {
	if strings.EqualFold(keys[0], "featureGates") && (keys[0] == "featureGates" || m.patches(f)) {
		return ""
	}
	for n := 1; n <= len(keys); n++ {
		path := strings.Join(keys[:n], ".")
		spec, ok := m.table.lookup(path, m.patches(f))
		switch {
		case !ok || !spec.has:
			return path
		case spec.kind != "object":
			return ""
		}
	}
	return ""
}

// overridden says which source overrides an assignment; "" where it decides.
func (m *mentions) overridden(at source.Position) string {
	last := m.setting.At
	if over := m.setting.Overridden; !m.setting.Explicit() && len(over) > 0 {
		last = over[0].At // null, which removes what earlier files set
	}
	if at == last {
		return ""
	}
	return "it is overridden by " + last.String()
}

func (m *mentions) flagReason(f Flag) string {
	if f.Name != "feature-gates" {
		return "it is text in the value of --" + f.Name
	}
	if !slices.ContainsFunc(gatePairs(f.Value), func(p gatePair) bool { return p.name == m.gate }) {
		return "the gate is spelled " + m.gate
	}
	return m.overridden(f.At)
}

// around returns the line at an offset, or a part of a long one.
func around(t source.Text, off int) string {
	const margin = 40
	from, to := max(t.LineStart(off), off-margin), min(t.LineEnd(off), off+2*margin)
	return string(bytes.ToValidUTF8(bytes.TrimSpace(t.Src[from:to]), nil))
}

// inComment reports whether a YAML comment begins before an offset in its line.
func (d document) inComment(off int) bool {
	line := d.Src[d.LineStart(off):off]
	for i, c := range line {
		if c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return !d.json
		}
	}
	return false
}
