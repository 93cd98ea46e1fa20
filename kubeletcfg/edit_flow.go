package kubeletcfg

import (
	"bytes"
	"strings"
)

// How a map that an edit added differs from one that was there, so that removing the last
// gate restores the old bytes:
//
//   - in a document in braces (JSON), a map that the edit added has no blank inside its
//     braces: {"G": true}; one that was {} has one blank first: { "G": true}; one that was
//     null has two. {"G": true} is removed with its key, the others become {} and null again.
//   - in a block document an added map is a block, one that was {} is {G: true}, and for
//     one that was null or empty a comment on the same line says what was there.

func (e gateEdit) wasEmpty() string { return " # " + e.tool + ": featureGates was empty" }

func (e gateEdit) was() string { return " # " + e.tool + ": was " }

// addMember adds featureGates as the first member of a document in braces.
func (e gateEdit) addMember(v string) []candidate {
	if len(e.root.entries) == 0 {
		return nil
	}
	first := e.root.entries[0].keyStart
	colon := e.colon(e.root)
	member := e.quote("featureGates") + colon + "{" + e.quote(e.gate) + colon + v + "}," + e.gapBefore(e.root)
	return []candidate{{[]splice{{first, first, member}}, "featureGates added"}}
}

// memberBefore is the text of the gate as a new first member of a map in braces.
func (e gateEdit) memberBefore(m *node, v string) string {
	return e.quote(e.gate) + e.colon(m) + v + "," + e.gapBefore(m)
}

// fillBraces writes the gate into {}.
func (e gateEdit) fillBraces(value *node, v string) []candidate {
	at := value.body + 1
	text := e.quote(e.gate) + e.colon(e.root) + v
	if e.root.flow {
		text = " " + text
	}
	return []candidate{{[]splice{{at, at, text}}, "gate added to featureGates"}}
}

// fillNull turns a null map into one with the gate.
func (e gateEdit) fillNull(gates entry, v string) []candidate {
	const why = "gate added to featureGates, which was null"
	value := gates.value
	was := string(e.Src[value.start:max(value.end, value.start)])
	switch {
	case value.end < 0 || value.tagged():
		return nil
	case e.root.flow && !value.empty():
		text := "{  " + e.quote(e.gate) + e.colon(e.root) + v + "}"
		return []candidate{{[]splice{{value.start, value.end, text}}, why}}
	case e.root.flow:
		return nil
	case value.empty():
		indent := e.indentOf(gates.keyStart) + e.indentStep()
		return []candidate{{[]splice{e.lineBelow(gates.keyEnd, indent+e.gate+": "+v+e.wasEmpty())}, why}}
	}
	text := "{" + e.gate + ": " + v + "}" + e.was() + was
	return []candidate{{[]splice{{value.start, value.end, text}}, why}}
}

// quote writes a key as the document does.
func (e gateEdit) quote(key string) string {
	if e.json {
		return `"` + key + `"`
	}
	return key
}

// colon is what this map writes between key and value, where that is short and simple.
func (e gateEdit) colon(m *node) string {
	if e.json && len(m.entries) > 0 {
		first := m.entries[0]
		if sep := string(e.Src[first.keyEnd:first.value.start]); strings.Trim(sep, " ") == ":" {
			return sep
		}
	}
	return ": "
}

// gapBefore is what to write between a new first member and the old first one: the old
// one's own line and indent, or a blank, or nothing in compact JSON.
func (e gateEdit) gapBefore(m *node) string {
	open, first := m.body+1, m.entries[0].keyStart
	gap := e.Src[open:first]
	if i := bytes.LastIndexAny(gap, "\r\n"); i >= 0 && e.blank(open+i+1, first) {
		return e.eol(m.body) + string(gap[i+1:])
	}
	if e.json && e.colon(m) == ":" {
		return ""
	}
	return " "
}
