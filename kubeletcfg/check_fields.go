package kubeletcfg

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// checkFields reports fields that this version does not have, which the kubelet ignores,
// and values that it cannot decode, with which it does not start. featureGates has checks
// of its own; see [Config.checkValues].
func (c *Config) checkFields() {
	table := fieldsAt(c.in.Version)
	for i, f := range c.files {
		if !f.broken {
			w := fieldWalk{Config: c, table: table, file: f, index: i}
			w.object(f.doc.value, nil, "", "KubeletConfiguration")
		}
	}
}

// fieldWalk goes through the values of one file.
type fieldWalk struct {
	*Config
	table fieldTable
	file  file
	index int
}

func (w fieldWalk) object(value map[string]any, keys []string, path, goType string) {
	for _, key := range slices.Sorted(maps.Keys(value)) {
		if path == "" && strings.EqualFold(key, "featureGates") {
			continue
		}
		at := strings.TrimPrefix(path+"."+key, ".")
		under := append(slices.Clone(keys), key)
		spec, ok := w.table.lookup(at, w.patches(w.file))
		if !ok || !spec.has {
			w.unknown(under, at, spec, ok)
			continue
		}
		w.value(value[key], under, at, spec, goType)
	}
}

// unknown reports a key that is not a field.
func (w fieldWalk) unknown(keys []string, path string, spec fieldSpec, exists bool) {
	p := source.Problem{
		Code: CodeUnknownField, Effect: source.Ignored, At: w.file.position(keys...),
		Message: fmt.Sprintf("unknown field %q: the kubelet ignores it%s", path, spec.since),
	}
	if exists && !spec.sure || !exists && len(w.table.columns) == 0 {
		p.Effect = source.Suspect
	}
	if spelled, ok := w.table.folded[strings.ToLower(path)]; ok && !exists {
		p.Hint = "spell it " + spelled[strings.LastIndexByte(spelled, '.')+1:]
	}
	w.report(p)
}

// value checks one value. keys lead to it in the file, as far as they are keys of maps;
// parent is the Go struct that has the field.
func (w fieldWalk) value(value any, keys []string, path string, spec fieldSpec, parent string) {
	switch v := value.(type) {
	case nil:
		// A null duration is decoded from the empty string; others are left alone.
		if spec.kind == "duration" && !w.patches(w.file) {
			w.wrong(keys, spec, `time: invalid duration ""`)
		}
		return
	case map[string]any:
		if spec.kind == "object" {
			w.object(v, keys, path, spec.goType[strings.LastIndexByte(spec.goType, '.')+1:])
			return
		}
		if spec.kind == "map" {
			element, _ := w.table.lookup(path+"{}", false)
			for _, key := range slices.Sorted(maps.Keys(v)) {
				w.value(v[key], append(slices.Clone(keys), key), path+"{}", element, parent)
			}
			return
		}
	case []any:
		if spec.kind == "list" {
			element, _ := w.table.lookup(path+"[]", false)
			for _, item := range v {
				w.value(item, keys, path+"[]", element, parent)
			}
			return
		}
	}
	if message := spec.refusal(value, path, parent); message != "" {
		w.wrong(keys, spec, message)
	}
}

func (w fieldWalk) wrong(keys []string, spec fieldSpec, message string) {
	if w.patches(w.file) && w.replacedLater(keys) {
		return
	}
	p := source.Problem{
		Code: CodeFieldType, Effect: source.Fatal, At: w.file.position(keys...),
		Message: fmt.Sprintf("%s: %s", keys[len(keys)-1], message),
	}
	if !spec.sure {
		p.Effect = source.Suspect
	}
	w.report(p)
}

// replacedLater reports whether a later drop-in replaces or removes a value: a merge patch
// is decoded only after all of them were merged.
func (w fieldWalk) replacedLater(keys []string) bool {
	for _, later := range w.files[w.index+1:] {
		for n := 1; n <= len(keys); n++ {
			value, found := later.value(keys[:n]...)
			if _, isMap := value.(map[string]any); found && (n == len(keys) || !isMap) {
				return true
			}
		}
	}
	return false
}
