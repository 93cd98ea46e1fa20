package kubeletcfg

import (
	"bytes"
	"strings"
)

// removeCandidates lists the ways to remove the gate, best first. Each undoes
// what setCandidates does.
func (e gateEdit) removeCandidates(gates entry) []candidate {
	value := gates.value
	at := 0
	for i, own := range value.entries {
		if own.key == e.gate && !own.merge {
			at = i
		}
	}
	if !value.flow {
		return e.removeLine(gates, value.entries[at])
	}
	out := e.restoreMap(gates)
	return append(out, e.removeMember(value, at)...)
}

// removeLine removes a gate from a block map.
func (e gateEdit) removeLine(gates, own entry) []candidate {
	const why = "line of the gate removed"
	if own.value.end < 0 {
		return nil
	}
	end := max(own.value.end, own.keyEnd)
	line := e.wholeLines(own.keyStart, end)
	comment := string(e.Src[end:e.LineEnd(end)])
	if len(gates.value.entries) > 1 || comment == e.wasEmpty() {
		return []candidate{{[]splice{line}, why}}
	}
	var out []candidate
	keyLine := e.Src[gates.keyStart:e.LineEnd(gates.keyStart)]
	bare := strings.TrimRight(string(keyLine), " \t") == string(e.Src[gates.keyStart:gates.keyEnd])+":"
	if bare && e.NextLine(gates.keyStart) == e.LineStart(own.keyStart) {
		out = append(out, candidate{[]splice{e.wholeLines(gates.keyStart, end)}, "featureGates removed: this was its only gate"})
	}
	out = append(out, candidate{[]splice{line}, why})
	if colon := gates.keyEnd + bytes.IndexByte(e.Src[gates.keyEnd:], ':') + 1; colon > gates.keyEnd && colon <= line.from {
		out = append(out, candidate{[]splice{{colon, colon, " {}"}, line}, why})
	}
	return out
}

// wholeLines is the range of lines that holds [from, to), with the line break that ends
// it, or with the one before it where it is the end of a text without final line break.
func (e gateEdit) wholeLines(from, to int) splice {
	start, next := e.LineStart(from), e.NextLine(to)
	if e.LineEnd(to) == next && start > e.BOM {
		start = e.LineEnd(e.LineStart(start - 1))
	}
	return splice{start, next, ""}
}

// restoreMap restores what was there before the only gate was set; see edit_flow.go.
func (e gateEdit) restoreMap(gates entry) []candidate {
	value := gates.value
	if value.end < 0 {
		return nil
	}
	text := string(e.Src[value.body:value.end])
	if merged, ok := strings.CutPrefix(text, "{<<: *"); ok && len(value.entries) == 2 && value.entries[0].merge {
		alias, _, _ := strings.Cut(merged, ",")
		return []candidate{{[]splice{{value.body, value.end, "*" + alias}}, "gate over the aliased map removed"}}
	}
	if len(value.entries) != 1 {
		return nil
	}
	own := value.entries[0]
	lead, tail := own.keyStart-value.body-1, value.end-1-own.value.end
	if own.value.end < 0 || len(bytes.TrimSpace(e.Src[value.body+1:own.keyStart])) > 0 {
		return nil
	}
	after := string(e.Src[value.end:e.LineEnd(value.end)])
	switch {
	case !e.root.flow:
		was, ok := strings.CutPrefix(after, e.was())
		if !ok || lead+tail > 0 {
			return nil
		}
		was, _, _ = strings.Cut(was, " ")
		return []candidate{{[]splice{{value.start, value.end + len(e.was()) + len(was), was}}, "featureGates back to null"}}
	case lead == 0 && tail == 0:
		return []candidate{{[]splice{e.member(e.root, gates)}, "featureGates removed: this was its only gate"}}
	case lead == 2 && tail == 0:
		return []candidate{{[]splice{{value.start, value.end, "null"}}, "featureGates back to null"}}
	}
	return []candidate{{[]splice{{value.body + 1, own.value.end, ""}}, "gate removed"}}
}

// removeMember removes a gate from a map in braces.
func (e gateEdit) removeMember(value *node, at int) []candidate {
	const why = "gate removed from featureGates"
	own := value.entries[at]
	if own.value.end < 0 {
		return nil
	}
	alone := splice{own.keyStart, max(own.value.end, own.keyEnd), ""}
	cut := e.member(value, own)
	if cut.from < own.keyStart && bytes.IndexByte(e.Src[cut.from:own.keyStart], '#') >= 0 && !e.json {
		return []candidate{{[]splice{alone}, why}} // keeps the comment behind the comma before it
	}
	return []candidate{{[]splice{cut}, why}, {[]splice{alone}, why}}
}

// member is the range to cut for a member of a map in braces: up to the next member, or
// from the comma before it if it is the last.
func (e gateEdit) member(m *node, own entry) splice {
	for i, other := range m.entries {
		if other.keyStart == own.keyStart && i+1 < len(m.entries) {
			return splice{own.keyStart, m.entries[i+1].keyStart, ""}
		}
	}
	from := own.keyStart
	if comma := bytes.LastIndexByte(e.Src[m.body:from], ','); comma >= 0 {
		from = m.body + comma
	}
	return splice{from, own.value.end, ""}
}
