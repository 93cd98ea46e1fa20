package kubeletcfg

import (
	"bytes"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
	"go.yaml.in/yaml/v3"
)

// yamlTree parses the first document to offsets. The parser gives the start of a node as
// line and column; its end is found in the text.
func yamlTree(t source.Text) (*node, error) {
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(t.Src[t.BOM:])).Decode(&doc); err != nil {
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, nil
	}
	return yamlPlaces{t}.node(doc.Content[0]), nil
}

type yamlPlaces struct{ source.Text }

func (p yamlPlaces) node(y *yaml.Node) *node {
	n := &node{end: -1}
	off, ok := p.Offset(y.Line, y.Column)
	if !ok {
		off = len(p.Src)
	}
	n.start, n.body = off, off
	if y.Anchor != "" || y.Style&yaml.TaggedStyle != 0 {
		n.body = p.pastProperties(off)
	}
	n.flow = y.Style&yaml.FlowStyle != 0
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = mappingNode
		p.entries(n, y)
	case yaml.SequenceNode:
		n.kind = sequenceNode
		for _, item := range y.Content {
			n.items = append(n.items, p.node(item))
		}
	case yaml.AliasNode:
		n.kind = aliasNode
		n.end = n.start + 1 + len(y.Value)
	default:
		n.end = p.scalarEnd(n.body, y)
	}
	return n
}

func (p yamlPlaces) entries(n *node, y *yaml.Node) {
	for i := 0; i+1 < len(y.Content); i += 2 {
		k, v := y.Content[i], y.Content[i+1]
		key, value := p.node(k), p.node(v)
		e := entry{keyStart: key.start, keyEnd: key.end, merge: k.Tag == "!!merge", value: value}
		e.odd = k.Kind == yaml.MappingNode || k.Kind == yaml.SequenceNode
		if k.Kind == yaml.ScalarNode {
			e.key = k.Value
		}
		n.entries = append(n.entries, e)
	}
	if !n.flow {
		return
	}
	last := n.body + 1
	if len(n.entries) > 0 {
		e := n.entries[len(n.entries)-1]
		if last = e.value.end; last < 0 {
			return
		}
		last = max(last, e.keyEnd)
	}
	if last = p.pastFiller(last, ",:"); last < len(p.Src) && p.Src[last] == '}' {
		n.end = last + 1
	}
}

// scalarEnd returns the end of a scalar that starts at off.
func (p yamlPlaces) scalarEnd(off int, y *yaml.Node) int {
	rest := p.Src[off:]
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		for i := 1; i < len(rest); i++ {
			switch rest[i] {
			case '\\':
				i++
			case '"':
				return off + i + 1
			}
		}
		return -1
	case y.Style&yaml.SingleQuotedStyle != 0:
		for i := 1; i < len(rest); i++ {
			if rest[i] != '\'' {
				continue
			}
			if i+1 == len(rest) || rest[i+1] != '\'' {
				return off + i + 1
			}
			i++
		}
		return -1
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return -1
	}
	if strings.ContainsAny(y.Value, "\n\r") || !bytes.HasPrefix(rest, []byte(y.Value)) {
		return -1
	}
	return off + len(y.Value)
}

// pastProperties skips the tag and the anchor before a value.
func (p yamlPlaces) pastProperties(off int) int {
	for off < len(p.Src) && (p.Src[off] == '&' || p.Src[off] == '!') {
		for off < len(p.Src) && !p.space(off) && bytes.IndexByte([]byte(",{}[]"), p.Src[off]) < 0 {
			off++
		}
		off = p.pastFiller(off, "")
	}
	return off
}

// pastFiller skips blanks, line breaks, comments and the given characters.
func (p yamlPlaces) pastFiller(off int, also string) int {
	for off < len(p.Src) {
		switch {
		case p.space(off) || strings.IndexByte(also, p.Src[off]) >= 0:
			off++
		case p.Src[off] == '#':
			off = p.LineEnd(off)
		default:
			return off
		}
	}
	return off
}

func (p yamlPlaces) space(off int) bool {
	return p.Src[off] == ' ' || p.Src[off] == '\t' || p.IsBreak(off)
}
