package kubeletcfg

import (
	"bytes"
	"strings"
)

// setCandidates lists the ways to set the gate, best first.
func (e gateEdit) setCandidates(gates *entry, v string) []candidate {
	if gates == nil {
		if e.root.flow {
			return e.addMember(v)
		}
		return e.addBlock(v)
	}
	value := gates.value
	if own, ok := value.last(e.gate); ok {
		return e.replaceValue(own, v)
	}
	switch {
	case value.kind == scalarNode:
		return e.fillNull(*gates, v)
	case value.kind == aliasNode:
		merged := "{<<: " + string(e.Src[value.start:value.end]) + ", " + e.gate + ": " + v + "}"
		return []candidate{{[]splice{{value.start, value.end, merged}}, "gate added over the aliased map"}}
	case value.flow && len(value.entries) == 0:
		return e.fillBraces(value, v)
	case value.flow:
		return []candidate{{[]splice{{value.entries[0].keyStart, value.entries[0].keyStart, e.memberBefore(value, v)}}, "gate added to featureGates"}}
	default:
		return e.addLine(value, v)
	}
}

// replaceValue changes the bytes of the gate's value and nothing else.
func (e gateEdit) replaceValue(own entry, v string) []candidate {
	const why = "value of the gate replaced"
	value := own.value
	if value.end < 0 {
		return nil
	}
	if value.empty() {
		return []candidate{{[]splice{{value.start, value.start, " " + v}}, why}}
	}
	if value.kind != scalarNode {
		return []candidate{{[]splice{{value.start, value.end, v}}, why}}
	}
	return []candidate{
		{[]splice{{value.body, value.end, v}}, why},
		{[]splice{{value.start, value.end, v}}, why},
	}
}

// addLine writes a line below the last gate of a block map, else above the first.
func (e gateEdit) addLine(value *node, v string) []candidate {
	const why = "line added to featureGates"
	first, last := value.entries[0], value.entries[len(value.entries)-1]
	line := e.indentOf(first.keyStart) + e.gate + ": " + v
	var out []candidate
	if last.value.end >= 0 {
		out = append(out, candidate{[]splice{e.lineBelow(max(last.value.end, last.keyEnd), line)}, why})
	}
	start := e.LineStart(first.keyStart)
	return append(out, candidate{[]splice{{start, start, line + e.eol(start)}}, why})
}

// lineBelow adds whole lines under the line that holds off. Where that is the last line
// and has no line break, the new one has none either.
func (e gateEdit) lineBelow(off int, lines string) splice {
	eol := e.eol(off)
	lines = strings.ReplaceAll(lines, "\n", eol)
	next := e.NextLine(off)
	if e.LineEnd(off) == next {
		return splice{next, next, eol + lines}
	}
	return splice{next, next, lines + eol}
}

// addBlock adds featureGates to a block document that lacks it: after the last line with
// content, else at the very end, else before the first key.
func (e gateEdit) addBlock(v string) []candidate {
	const why = "featureGates added"
	if len(e.root.entries) == 0 {
		return nil
	}
	key := e.root.entries[0].keyStart
	indent := e.indentOf(key)
	lines := indent + "featureGates:\n" + indent + e.indentStep() + e.gate + ": " + v
	last := e.from
	for i := e.from; i < e.to; i = e.NextLine(i) {
		text := bytes.TrimLeft(e.Src[i:min(e.LineEnd(i), e.to)], " \t")
		if len(text) > 0 && text[0] != '#' {
			last = i
		}
	}
	first := e.LineStart(key)
	return []candidate{
		{[]splice{e.lineBelow(last, lines)}, why},
		{[]splice{e.lineBelow(max(e.to-1, e.from), lines)}, why},
		{[]splice{{first, first, strings.ReplaceAll(lines+"\n", "\n", e.eol(first))}}, why},
	}
}

// indentOf is what is before a key in its line; blanks where that is not only blanks.
func (e gateEdit) indentOf(off int) string {
	start := e.LineStart(off)
	if e.blank(start, off) {
		return string(e.Src[start:off])
	}
	_, column := e.Position(off)
	return strings.Repeat(" ", column-1)
}

// indentStep is how deep this document indents the maps below the top.
func (e gateEdit) indentStep() string {
	_, outer := e.Position(e.root.entries[0].keyStart)
	for _, top := range e.root.entries {
		if v := top.value; v.kind == mappingNode && !v.flow && len(v.entries) > 0 {
			if _, inner := e.Position(v.entries[0].keyStart); inner > outer {
				return strings.Repeat(" ", inner-outer)
			}
		}
	}
	return "  "
}
