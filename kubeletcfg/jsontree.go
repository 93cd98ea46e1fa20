package kubeletcfg

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode"
)

// looksJSON reports whether the kubelet decodes the text as JSON: it does so, and never
// falls back to YAML, if the first character after blanks is a brace (apimachinery
// v0.37.2 pkg/util/yaml/decoder.go IsJSONBuffer, serializer/recognizer).
func looksJSON(src []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeftFunc(src, unicode.IsSpace), []byte("{"))
}

// jsonTree parses JSON to offsets and values. Of duplicate keys, objects are merged and
// anything else is replaced, as Go's decoder does with the
// structs and maps of a KubeletConfiguration.
func jsonTree(src []byte) (*node, any, error) {
	var all any
	if err := json.Unmarshal(src, &all); err != nil {
		return nil, nil, err
	}
	r := jsonReader{src: src, dec: json.NewDecoder(bytes.NewReader(src))}
	r.dec.UseNumber()
	return r.value()
}

// jsonOffset returns the offset of a JSON syntax error.
func jsonOffset(err error) int {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return max(int(syntax.Offset)-1, 0)
	}
	return 0
}

type jsonReader struct {
	src []byte
	dec *json.Decoder
}

// next returns the offset of the token that the decoder reads next.
func (r *jsonReader) next() int {
	off := int(r.dec.InputOffset())
	for off < len(r.src) && bytes.IndexByte([]byte(" \t\r\n,:"), r.src[off]) >= 0 {
		off++
	}
	return off
}

func (r *jsonReader) value() (*node, any, error) {
	n := &node{start: r.next()}
	n.body = n.start
	token, err := r.dec.Token()
	if err != nil {
		return nil, nil, err
	}
	value := any(token)
	switch token {
	case json.Delim('{'):
		n.kind, n.flow = mappingNode, true
		value, err = r.object(n)
	case json.Delim('['):
		n.kind, n.flow = sequenceNode, true
		value, err = r.array(n)
	}
	n.end = int(r.dec.InputOffset())
	return n, value, err
}

func (r *jsonReader) object(n *node) (any, error) {
	out := map[string]any{}
	for r.dec.More() {
		e := entry{keyStart: r.next()}
		token, err := r.dec.Token()
		if err != nil {
			return nil, err
		}
		e.key, _ = token.(string)
		e.keyEnd = int(r.dec.InputOffset())
		var value any
		if e.value, value, err = r.value(); err != nil {
			return nil, err
		}
		n.entries = append(n.entries, e)
		out[e.key] = overlay(out[e.key], value)
	}
	_, err := r.dec.Token()
	return out, err
}

func (r *jsonReader) array(n *node) (any, error) {
	out := []any{}
	for r.dec.More() {
		item, value, err := r.value()
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
		out = append(out, value)
	}
	_, err := r.dec.Token()
	return out, err
}

// overlay merges one object into another; anything else replaces what was there.
func overlay(below, above any) any {
	lower, ok := below.(map[string]any)
	upper, ok2 := above.(map[string]any)
	if !ok || !ok2 {
		return above
	}
	for k, v := range upper {
		lower[k] = overlay(lower[k], v)
	}
	return lower
}
